using System.Runtime.InteropServices;

namespace Sallyport.Cli;

/// <summary>HUP for a serving command: it asks for a reload. Several that come while one is under way ask for one more.</summary>
internal sealed class HangUp : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0, 1);
    private readonly PosixSignalRegistration _registration;

    public HangUp() => _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);

    /// <summary>Ends with the next signal, or at once if one came since the last.</summary>
    public Task NextAsync() => _asked.WaitAsync();

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        try
        {
            _asked.Release();
        }
        catch (SemaphoreFullException)
        {
            // One reload that has yet to begin will see all that this one would.
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        _asked.Dispose();
    }
}
