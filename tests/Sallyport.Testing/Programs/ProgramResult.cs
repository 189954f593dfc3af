using System.Text;

namespace Sallyport.Testing.Programs;

/// <summary>How a program ended and what it said.</summary>
/// <param name="ExitCode">The exit code; 128 plus the number when a signal ended it, as in a shell.</param>
/// <param name="OutputBytes">All of stdout, byte for byte.</param>
/// <param name="Error">All of stderr.</param>
public sealed record ProgramResult(int ExitCode, ReadOnlyMemory<byte> OutputBytes, string Error)
{
    /// <summary>Stdout read as UTF-8.</summary>
    public string Output => Encoding.UTF8.GetString(OutputBytes.Span);

    /// <summary>This result, if the program ended well.</summary>
    /// <exception cref="InvalidOperationException">It did not; the message has the code and both outputs.</exception>
    public ProgramResult MustSucceed() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"The program ended with exit code {ExitCode}.\nstdout: {Output}\nstderr: {Error}");
}
