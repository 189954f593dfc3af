namespace Sallyport.Cli;

/// <summary>What the process says when it ends; part of the command line's contract.</summary>
internal static class ExitCode
{
    public const int Good = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary><c>events get</c>: the wait ended without an event.</summary>
    public const int NoEvent = 3;

    /// <summary>A configuration file that does not hold (EX_CONFIG of sysexits.h).</summary>
    public const int BadConfiguration = 78;
}
