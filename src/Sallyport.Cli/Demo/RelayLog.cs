using System.Globalization;
using System.Text.RegularExpressions;

namespace Sallyport.Cli.Demo;

/// <summary>The relay's access log, read as an operator would.</summary>
internal static partial class RelayLog
{
    /// <summary>How many exchanges and tunnels were for which port inside, ascending by port; refused ones are not among them.</summary>
    public static IReadOnlyList<(int Port, int Lines)> ByPort(IEnumerable<string> lines) =>
    [
        .. lines.Select(line => Line().Match(line)).Where(match => match.Success && match.Groups["status"].Value != "403")
            .GroupBy(match => PortOf(match.Groups["target"].Value))
            .Select(group => (group.Key, group.Count()))
            .OrderBy(pair => pair.Key),
    ];

    /// <summary>The line from the request on.</summary>
    public static string WithoutTime(string line) => line[Math.Max(0, line.IndexOf('"', StringComparison.Ordinal))..];

    private static int PortOf(string target)
    {
        if (Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme == "http") return url.Port;
        var digits = target[(target.LastIndexOf(':') + 1)..];
        return int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("""
        "(?<method>[A-Z]+) (?<target>(http://[^" ]+|[^"/ ]+:[0-9]{1,5}))" (?<status>[0-9]{3})
        """, RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}
