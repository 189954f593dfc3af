using Sallyport.Testing;

namespace Sallyport.Tests.House;

/// <summary>A text file of the project, named from the root.</summary>
internal sealed record SourceFile(string Name, string Text)
{
    private static readonly string[] Skipped = ["artifacts", "bin", "obj", "node_modules", "TestResults"];
    private static readonly string[] TextEndings = ["", ".cs", ".md", ".props", ".targets", ".csproj", ".slnx", ".json", ".txt", ".toml", ".yml", ".sh"];

    public string[] Lines { get; } = Text.Split('\n');

    /// <summary>Every text file of the project; built and hidden folders are left out, but for <c>.ci</c>.</summary>
    public static IEnumerable<SourceFile> All() => In(new DirectoryInfo(Checkout.Root));

    /// <summary>Every C# file below a folder.</summary>
    public static IEnumerable<SourceFile> CSharp(string folder) =>
        In(new DirectoryInfo(Checkout.PathOf(folder))).Where(file => file.Name.EndsWith(".cs", StringComparison.Ordinal));

    private static IEnumerable<SourceFile> In(DirectoryInfo folder)
    {
        foreach (var file in folder.EnumerateFiles())
            if (TextEndings.Contains(file.Extension) && file.LinkTarget is null)
                yield return new SourceFile(Path.GetRelativePath(Checkout.Root, file.FullName), File.ReadAllText(file.FullName));
        foreach (var inner in folder.EnumerateDirectories())
        {
            if (Skipped.Contains(inner.Name) || (inner.Name.StartsWith('.') && inner.Name != ".ci")) continue;
            foreach (var file in In(inner)) yield return file;
        }
    }
}
