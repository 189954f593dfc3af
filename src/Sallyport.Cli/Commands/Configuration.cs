using Sallyport.Options;

namespace Sallyport.Cli.Commands;

/// <summary>Reading a configuration file for a command that needs it.</summary>
internal static class Configuration
{
    /// <summary>The options, or null with every error on the error stream, one line each as <c>file:line:column: what</c>.</summary>
    public static RelayOptions? ReadOrExplain(string file)
    {
        var result = ConfigurationReader.Read(file);
        foreach (var error in result.Errors) Console.Error.WriteLine(error);
        foreach (var warning in result.Warnings) Console.Error.WriteLine($"{warning.File}:{warning.Line}:{warning.Column}: warning: {warning.Message}");
        return result.Options;
    }
}
