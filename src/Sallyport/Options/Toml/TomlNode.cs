namespace Sallyport.Options.Toml;

/// <summary>A place in a file, counted from one.</summary>
internal readonly record struct TomlPlace(int Line, int Column);

/// <summary>A value of a TOML file with its place: the syntax tree with its three ways of writing tables made one.</summary>
internal abstract record TomlNode(TomlPlace Place);

/// <summary>A table, whether written as a section, by dotted keys or inline.</summary>
internal sealed record TomlTable(TomlPlace Place) : TomlNode(Place)
{
    public Dictionary<string, TomlEntry> Entries { get; } = new(StringComparer.Ordinal);
}

/// <summary>An array, or the sections that share a name in double brackets.</summary>
internal sealed record TomlList(TomlPlace Place, bool OfSections = false) : TomlNode(Place)
{
    public List<TomlNode> Items { get; } = [];
}

/// <summary>A string, integer (as long), boolean, or anything else by the text it was written as.</summary>
internal sealed record TomlScalar(TomlPlace Place, object Value, string Written) : TomlNode(Place);

/// <summary>A key and its value.</summary>
internal sealed record TomlEntry(TomlPlace Place, TomlNode Value);
