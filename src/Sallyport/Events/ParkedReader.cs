namespace Sallyport.Events;

/// <summary>One reader's place among <see cref="ParkedReaders"/>; dispose to leave it. Good for one wait.</summary>
internal sealed class ParkedReader(ParkedReaders room, string path, TimeProvider time) : IDisposable
{
    // Continuations must not run on the publisher's thread: it may have a thousand readers to wake.
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for a change.</summary>
    /// <returns>True if the stream changed since the reader was parked, false if the time is up.</returns>
    /// <exception cref="OperationCanceledException">The reader went away.</exception>
    public async Task<bool> WaitAsync(TimeSpan wait, CancellationToken cancellation)
    {
        if (_ended.Task.IsCompleted) return await _ended.Task;
        using var timer = time.CreateTimer(static me => ((ParkedReader)me!).End(changed: false), this, wait, Timeout.InfiniteTimeSpan);
        using var gone = cancellation.UnsafeRegister(static (me, token) => ((ParkedReader)me!)._ended.TrySetCanceled(token), this);
        return await _ended.Task;
    }

    internal void End(bool changed) => _ended.TrySetResult(changed);

    public void Dispose() => room.Leave(this, path);
}
