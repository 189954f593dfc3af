namespace Sallyport.Cli.Demo;

/// <summary>How to start the very executable that runs now, so that what is shown is what was called.</summary>
internal static class ThisProgram
{
    /// <summary>The program, and what comes before its arguments: under <c>dotnet sallyport.dll</c> the assembly, else nothing.</summary>
    public static (string Program, IReadOnlyList<string> Leading) Command { get; } = Find();

    private static (string, IReadOnlyList<string>) Find()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the system does not say which program this is");
        var isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return (program, isHost ? [Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : []);
    }
}
