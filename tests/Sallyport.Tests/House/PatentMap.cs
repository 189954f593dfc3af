using System.Text.RegularExpressions;

namespace Sallyport.Tests.House;

/// <summary>The tables of <c>docs/patent-map.md</c>: rows of <c>| number | what | answered by | proved by |</c>, below a heading each.</summary>
internal sealed partial class PatentMap
{
    private const int Cells = 6;

    private readonly List<Row> _rows;

    private PatentMap(List<Row> rows) => _rows = rows;

    /// <summary>Reads all tables.</summary>
    /// <exception cref="FormatException">A row has another number of cells, or there is none at all.</exception>
    public static PatentMap Read(string document)
    {
        var rows = new List<Row>();
        var section = "";
        foreach (var line in document.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) section = line[3..].Trim();
            if (!line.StartsWith('|') || line.StartsWith("|---", StringComparison.Ordinal)) continue;
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length != Cells) throw new FormatException($"found the row \"{line}\"; a row is | number | what | answered by | proved by |");
            if (cells[3] != "answered by") rows.Add(Row.Of(section, cells));
        }
        return rows.Count > 0 ? new PatentMap(rows) : throw new FormatException("found no table | number | what | answered by | proved by |");
    }

    /// <summary>The first cells of one section's rows, in their order.</summary>
    public IEnumerable<string> Numbers(string section) => _rows.Where(row => row.Section == section).Select(row => row.Number);

    /// <summary>Rows that name no type or no test, and names that the project's files do not have.</summary>
    public IEnumerable<string> Faults(IReadOnlyCollection<SourceFile> files)
    {
        foreach (var row in _rows)
        {
            if (row.Types.Count == 0) yield return $"{row}: names no type; at least one is needed, as [`Name`](../src/FOLDER/FILE.cs)";
            if (row.Tests.Count == 0) yield return $"{row}: names no test; at least one is needed, as `FOLDER/Class.Method`";
            foreach (var (name, path) in row.Types)
                if (!files.Any(file => file.Name == path && Declares(file, name)))
                    yield return $"{row}: found the type {name} at {path}, which does not declare it";
            foreach (var (place, method) in row.Tests)
                if (!files.Any(file => IsAt(file, place) && IsTest(file, method)))
                    yield return $"{row}: found the test {place}.{method}, which is not there";
        }
    }

    private static bool Declares(SourceFile file, string type) =>
        Regex.IsMatch(file.Text, $@"^\s*(?:\w+ )*(?:class|struct|record|interface|enum) {type}\b", RegexOptions.Multiline);

    private static bool IsAt(SourceFile file, string place)
    {
        var slash = place.LastIndexOf('/');
        return Path.GetDirectoryName(file.Name) is { } folder
            && folder is ['t', 'e', 's', 't', 's', '/', ..]
            && folder.EndsWith('/' + place[..slash], StringComparison.Ordinal)
            && Declares(file, place[(slash + 1)..]);
    }

    // The attribute may stand several lines above; a public method of a test class that is no test is an error of its own (xUnit1013).
    private static bool IsTest(SourceFile file, string method) =>
        Regex.IsMatch(file.Text, $@"^\s*public (?:async )?(?:Task|void) {method}\(", RegexOptions.Multiline);

    [GeneratedRegex(@"\[`(\w+)`\]\(\.\./([\w./]+\.cs)\)")]
    private static partial Regex TypeLink();

    [GeneratedRegex(@"`(\w+(?:/\w+)+)\.(\w+)`")]
    private static partial Regex TestName();

    private sealed record Row(string Section, string Number, List<(string Name, string Path)> Types, List<(string Place, string Method)> Tests)
    {
        public static Row Of(string section, string[] cells) => new(
            section,
            cells[1],
            [.. TypeLink().Matches(cells[3]).Select(link => (link.Groups[1].Value, link.Groups[2].Value))],
            [.. TestName().Matches(cells[4]).Select(name => (name.Groups[1].Value, name.Groups[2].Value))]);

        public override string ToString() => $"docs/patent-map.md, {Section}, {Number}";
    }
}
