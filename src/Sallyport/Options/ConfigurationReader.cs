using Sallyport.Options.Toml;

namespace Sallyport.Options;

/// <summary>Reads a relay's configuration: TOML 1.0 to <see cref="RelayOptions"/>, or every error it has.</summary>
public static class ConfigurationReader
{
    /// <summary>Reads a file. One that cannot be read is an error at 1:1; nothing is thrown for it.</summary>
    public static ConfigurationResult Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new ConfigurationResult(null, new Origins(), [new ConfigurationProblem(path, 1, 1, $"cannot be read: {exception.Message}")], []);
        }
        return ReadText(text, path, Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
    }

    /// <summary>Reads text; <c>file:PATH</c> in it starts from the current folder.</summary>
    /// <param name="text">The configuration.</param>
    /// <param name="name">What errors call it.</param>
    public static ConfigurationResult ReadText(string text, string name) => ReadText(text, name, Environment.CurrentDirectory);

    private static ConfigurationResult ReadText(string text, string name, string folder)
    {
        ArgumentNullException.ThrowIfNull(text);
        var problems = new Problems(name);
        var root = TomlTree.Parse(text, problems);
        var origins = new Origins();
        var options = RelayReader.Read(new SectionReader(root, "", new TextReferences(folder), origins, problems), problems);
        return new ConfigurationResult(problems.HasErrors ? null : options, origins, problems.Errors, problems.HasErrors ? [] : problems.Warnings);
    }
}
