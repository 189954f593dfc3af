using System.Runtime.InteropServices;

namespace Sallyport.Cli;

/// <summary>TERM and INT for a serving command: the first asks it to end in good order, the second to end at once. Made before the ready line is out, since whoever reads it may end the process right then.</summary>
internal sealed class Termination : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _again = new();
    private readonly PosixSignalRegistration _term;
    private readonly PosixSignalRegistration _interrupt;

    public Termination()
    {
        _term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    /// <summary>Ends with the first signal.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Cancelled by the second.</summary>
    public CancellationToken Again => _again.Token;

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (!_asked.TrySetResult()) _again.Cancel();
    }

    public void Dispose()
    {
        _term.Dispose();
        _interrupt.Dispose();
        _again.Dispose();
    }
}
