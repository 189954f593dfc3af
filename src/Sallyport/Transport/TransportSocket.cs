using Sallyport.Wire;

namespace Sallyport.Transport;

/// <summary>
/// A TCP socket of one loop, awaited on that loop's thread: at most one read-side and one write-side operation at a time. Results are codes; nothing throws
/// for what a peer does. Each operation has its own deadline.
/// </summary>
public abstract class TransportSocket : TimerNode
{
    /// <summary>Makes the socket's two reusable operations.</summary>
    protected TransportSocket(TransportLoop loop)
    {
        Loop = loop;
        ReadSide = new IoOperation(this);
        WriteSide = new IoOperation(this);
    }

    /// <summary>The loop that owns the socket.</summary>
    public TransportLoop Loop { get; }

    /// <summary>The peer's address, IPv4-mapped forms made plain.</summary>
    public InternetAddress RemoteAddress { get; protected set; }

    /// <summary>The peer's port.</summary>
    public ushort RemotePort { get; protected set; }

    /// <summary>Whether this side has closed it.</summary>
    public bool IsClosed { get; protected set; }

    internal IoOperation ReadSide { get; }

    internal IoOperation WriteSide { get; }

    /// <summary>Ends when there is something to receive (bytes, end of stream or a reset), holding no buffer meanwhile.</summary>
    public abstract ValueTask<IoResult> ReadableAsync(TimeSpan timeout);

    /// <summary>Receives at least one byte into the buffer, or <see cref="IoStatus.EndOfStream"/>.</summary>
    public abstract ValueTask<IoResult> ReceiveAsync(Memory<byte> buffer, TimeSpan timeout);

    /// <summary>Sends all of the buffer; the time-out is for the whole of it.</summary>
    public abstract ValueTask<IoResult> SendAsync(ReadOnlyMemory<byte> buffer, TimeSpan timeout);

    /// <summary>Connects; once, on a fresh socket.</summary>
    public abstract ValueTask<IoResult> ConnectAsync(InternetAddress address, ushort port, TimeSpan timeout);

    /// <summary>Whether an idle connection is still good: no bytes, no end of stream and no error have come.</summary>
    public abstract bool IsQuiet();

    /// <summary>Sends FIN; receiving goes on.</summary>
    public abstract void ShutdownSend();

    /// <summary>Closes. With bytes unread the operating system makes it a reset.</summary>
    public void Close()
    {
        if (!IsClosed) CloseCore(abort: false);
    }

    /// <summary>Closes with a reset, so that the peer cannot take what it has for the whole.</summary>
    public void Abort()
    {
        if (!IsClosed) CloseCore(abort: true);
    }

    /// <summary>Closes the descriptor and ends what is pending through the run queue.</summary>
    protected abstract void CloseCore(bool abort);

    /// <summary>Tries an operation again whose turn of synchronous work was up.</summary>
    internal abstract void Retry(IoOperation operation);

    /// <inheritdoc/>
    protected internal override long Deadline => Math.Min(ReadSide.Deadline, WriteSide.Deadline);

    /// <summary>When a time-out given now runs out, on the loop's clock.</summary>
    protected long DeadlineOf(TimeSpan timeout) =>
        timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Loop.Now + timeout.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>Ends what is pending with <see cref="IoStatus.Closed"/>, not here but from the run queue.</summary>
    protected void EndPending()
    {
        Loop.Forget(this);
        if (ReadSide.IsPending) ReadSide.CompleteLater(new IoResult(IoStatus.Closed));
        if (WriteSide.IsPending) WriteSide.CompleteLater(new IoResult(IoStatus.Closed));
    }
}
