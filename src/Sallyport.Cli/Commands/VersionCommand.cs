using System.CommandLine;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport version</c>: the product's version and how this executable was compiled.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(_ => Console.Out.WriteLine($"sallyport {Version} ({Compilation})"));
        return command;
    }

    public static string Version =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string Compilation => RuntimeFeature.IsDynamicCodeCompiled ? "JIT" : "native";
}
