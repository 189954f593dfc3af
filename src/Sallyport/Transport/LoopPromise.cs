using System.Threading.Tasks.Sources;

namespace Sallyport.Transport;

/// <summary>A result that comes from another thread (a name look-up) and is awaited on the loop: the awaiter goes on from the loop's run queue, or is told in time that nothing came.</summary>
/// <typeparam name="T">What comes.</typeparam>
public sealed class LoopPromise<T> : TimerNode, IValueTaskSource<T>
{
    private readonly TransportLoop _loop;
    private readonly T _late;
    private readonly long _deadline;
    private ManualResetValueTaskSourceCore<T> _core;
    private bool _settled;

    /// <summary>Made on the loop's thread. After <paramref name="timeout"/> the result is <paramref name="late"/>.</summary>
    public LoopPromise(TransportLoop loop, TimeSpan timeout, T late)
    {
        ArgumentNullException.ThrowIfNull(loop);
        _loop = loop;
        _late = late;
        _deadline = loop.Now + timeout.Ticks / TimeSpan.TicksPerMillisecond;
        loop.Watch(this);
    }

    /// <summary>Await once, on the loop's thread.</summary>
    public ValueTask<T> Result => new(this, _core.Version);

    /// <inheritdoc/>
    protected internal override long Deadline => _settled ? long.MaxValue : _deadline;

    /// <summary>Gives the result. Any thread; the first one counts.</summary>
    public void Settle(T result) => _loop.Post(() => SettleHere(result));

    /// <inheritdoc/>
    protected internal override void Expired(long now) => SettleHere(_late);

    private void SettleHere(T result)
    {
        if (_settled) return;
        _settled = true;
        _loop.Forget(this);
        _core.SetResult(result);
    }

    T IValueTaskSource<T>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.FlowExecutionContext);
}
