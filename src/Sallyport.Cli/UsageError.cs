using System.CommandLine;
using System.CommandLine.Parsing;

namespace Sallyport.Cli;

/// <summary>What a command line that does not hold is answered: one line per error, and where to read on.</summary>
internal static class UsageError
{
    /// <summary>Shows the errors on the error stream.</summary>
    /// <returns><see cref="ExitCode.Usage"/>.</returns>
    public static int Show(ParseResult parsed)
    {
        foreach (var error in parsed.Errors) Console.Error.WriteLine($"sallyport: {error.Message}");
        Console.Error.WriteLine($"Try: {PathOf(parsed.CommandResult)} --help");
        return ExitCode.Usage;
    }

    private static string PathOf(CommandResult command)
    {
        var names = new List<string>();
        for (SymbolResult? at = command; at is CommandResult result; at = at.Parent) names.Insert(0, at.Parent is null ? "sallyport" : result.Command.Name);
        return string.Join(' ', names);
    }
}
