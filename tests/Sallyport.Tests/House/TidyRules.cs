using System.Text.RegularExpressions;

namespace Sallyport.Tests.House;

/// <summary>The rules of style that a program can check; each offense names the file, what was found, and what is allowed.</summary>
internal static partial class TidyRules
{
    private const int LinesPerFile = 350;
    private const int LinesPerFunction = 70;

    // Put together here, so that this file does not offend against itself.
    private static readonly string[] Unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X"];
    private static readonly string[] MachinePaths = ["/wo" + "rk/", "/ho" + "me/", "/Us" + "ers/"];

    public static IEnumerable<string> Offenses(SourceFile file)
    {
        foreach (var word in Unfinished)
            if (Regex.IsMatch(file.Text, $@"\b{word}\b"))
                yield return $"{file.Name}: found {word}; finish it or leave it out";
        foreach (var path in MachinePaths)
            if (file.Text.Contains(path, StringComparison.Ordinal))
                yield return $"{file.Name}: found a path of one machine ({path}); paths start at the root of the checkout";
        if (!file.Name.EndsWith(".cs", StringComparison.Ordinal)) yield break;

        if (file.Lines.Length > LinesPerFile)
            yield return $"{file.Name}: {file.Lines.Length} lines; allowed are {LinesPerFile}: split by concern";
        foreach (Match type in BadlyNamedType().Matches(file.Text))
            yield return $"{file.Name}: {type.Groups[1].Value} is named after no idea; name what it is, not that it helps";
        foreach (Match tag in EmptyTag().Matches(file.Text))
            yield return $"{file.Name}: empty documentation tag <{tag.Groups[1].Value}>; promise something or leave it out";
        foreach (var (line, length) in Blocks(file.Lines).Where(block => block.Length > LinesPerFunction))
            yield return $"{file.Name}:{line}: a function of {length} lines; allowed are {LinesPerFunction}";
    }

    /// <summary>
    /// Blocks that are no types and no tables, by indentation: the format check makes sure that a function's braces stand
    /// alone on their lines, at one depth. A block inside a function is shorter than the function, so it need not be told apart.
    /// </summary>
    private static IEnumerable<(int Line, int Length)> Blocks(string[] lines)
    {
        for (var open = 1; open < lines.Length; open++)
        {
            if (lines[open].Trim() != "{" || IsTypeOrTable(lines, open)) continue;
            var closing = lines[open].TrimEnd()[..^1] + "}";
            var close = Array.FindIndex(lines, open, line => line.StartsWith(closing, StringComparison.Ordinal));
            if (close > 0) yield return (open + 1, close - open + 1);
        }
    }

    private static bool IsTypeOrTable(string[] lines, int open)
    {
        var last = lines[open - 1].TrimEnd();
        if (last.EndsWith('=') || last.EndsWith("new", StringComparison.Ordinal) || TableStart().IsMatch(last)) return true;
        for (var i = open - 1; i >= 0 && !HeaderEnd().IsMatch(lines[i]); i--)
            if (TypeStart().IsMatch(lines[i]))
                return true;
        return false;
    }

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+(\w+(?:Helpers?|Utils?|Manager|Common|Base|Impl|Service))\b")]
    private static partial Regex BadlyNamedType();

    [GeneratedRegex(@"///\s*<(\w+)[^/>]*>[\s/]*</\1>")]
    private static partial Regex EmptyTag();

    [GeneratedRegex(@"\bnew\b[^;]*\)$")]
    private static partial Regex TableStart();

    [GeneratedRegex(@"^\s*$|[;}]\s*$|^\s*[{/]")]
    private static partial Regex HeaderEnd();

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|file|static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?:class|struct|record|interface|enum)\s")]
    private static partial Regex TypeStart();
}
