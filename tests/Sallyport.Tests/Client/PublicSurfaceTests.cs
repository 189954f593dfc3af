using System.Reflection;
using System.Runtime.CompilerServices;
using Sallyport.Client;
using Xunit;

namespace Sallyport.Tests.Client;

/// <summary>Applications compile against this library: its public surface changes only on purpose.</summary>
public sealed class PublicSurfaceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void The_public_surface_is_the_one_on_record()
    {
        var record = Path.Join(Folder(), "PublicSurface.txt");
        var surface = string.Join('\n', typeof(RelayHandler).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Describe)) + "\n";
        if (File.ReadAllText(record) == surface) return;
        var now = Path.Join(Path.GetTempPath(), "PublicSurface.txt");
        File.WriteAllText(now, surface);
        Assert.Fail($"The public surface of Sallyport.Client is not the one in {record}. If the change is meant, copy {now} over it and say in the change log what it breaks.\n{surface}");
    }

    private static IEnumerable<string> Describe(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : "class";
        var modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type is { IsSealed: true, IsClass: true } ? "sealed " : type is { IsAbstract: true, IsClass: true } ? "abstract " : "";
        yield return $"{modifier}{kind} {type.FullName}{(type.BaseType is { } parent && type.IsClass && parent != typeof(object) ? $" : {Name(parent)}" : "")}";
        if (type.IsEnum)
        {
            foreach (var name in Enum.GetNames(type)) yield return $"    {name} = {Convert.ToInt64(Enum.Parse(type, name))}";
            yield break;
        }
        var members = type.GetMembers(Declared).Where(IsVisible).Select(Describe).Order(StringComparer.Ordinal);
        foreach (var member in members) yield return "    " + member;
    }

    /// <summary>Accessors show in their property or event, so that they do not appear twice; operators stay.</summary>
    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => IsOpen(method) && (!method.IsSpecialName || method.IsConstructor || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsOpen),
        EventInfo happening => IsOpen(happening.AddMethod!),
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        _ => false,
    };

    private static bool IsOpen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{(method.IsStatic ? "static " : "")}{(method.IsPublic ? "" : "protected ")}{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        PropertyInfo property => $"{Name(property.PropertyType)} {property.Name} {{ {Accessors(property)} }}",
        EventInfo happening => $"event {Name(happening.EventHandlerType!)} {happening.Name}",
        FieldInfo field => $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        _ => throw new ArgumentException($"{member} is of a kind that is not described.", nameof(member)),
    };

    private static string Accessors(PropertyInfo property)
    {
        var isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        return string.Join(' ', new[] { property.GetMethod is { } get && IsOpen(get) ? "get;" : null, property.SetMethod is { } set && IsOpen(set) ? isInit ? "init;" : "set;" : null }.Where(text => text is not null));
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
