using System.CommandLine;
using Sallyport.Options;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport check</c>: reads a configuration, tells everything that is wrong with it, and starts nothing.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "The configuration file.", HelpName = "FILE", Required = true };
        var command = new Command("check", "Check a configuration file and tell every error.") { config };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config), Console.Out, Console.Error));
        return command;
    }

    internal static int Run(string file, TextWriter output, TextWriter errors)
    {
        var result = ConfigurationReader.Read(file);
        foreach (var error in result.Errors) errors.WriteLine(error);
        foreach (var warning in result.Warnings) errors.WriteLine($"{warning.File}:{warning.Line}:{warning.Column}: warning: {warning.Message}");
        if (result.Options is not { } options) return ExitCode.Failed;
        if (options.Allow.Count == 0) errors.WriteLine($"{file}: warning: no rule allows anything, so everything will be refused");
        output.WriteLine($"{file}: good: {options.Destinations.Count} destinations, {options.Allow.Count} rules");
        return ExitCode.Good;
    }
}
