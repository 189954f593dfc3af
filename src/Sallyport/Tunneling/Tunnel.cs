using Sallyport.Transport;

namespace Sallyport.Tunneling;

/// <summary>
/// Blind bytes both ways (the patent's tunnelling means): two pumps, one per direction. The end of one side's stream becomes the other side's and the other
/// direction goes on; a reset becomes a reset. Nothing is buffered beyond one piece per direction, so a slow side holds the fast one back; an idle tunnel holds
/// no buffer at all.
/// </summary>
public sealed class Tunnel(TransportSocket client, TransportSocket destination, TimeSpan idleTimeout, TimeSpan? totalTimeout = null)
{
    private long _lastMoved;
    private long _latest = long.MaxValue;
    private TunnelEnd? _end;

    /// <summary>Bytes from the client to the destination.</summary>
    public long BytesUp { get; private set; }

    /// <summary>Bytes from the destination to the client.</summary>
    public long BytesDown { get; private set; }

    /// <summary>Runs until both directions have ended; both sockets are closed then.</summary>
    public async ValueTask<TunnelEnd> RunAsync()
    {
        _lastMoved = client.Loop.Now;
        if (totalTimeout is { } total) _latest = _lastMoved + (long)total.TotalMilliseconds;
        var up = PumpAsync(client, destination);
        await PumpAsync(destination, client);
        await up;
        client.Close();
        destination.Close();
        return _end ?? TunnelEnd.Closed;
    }

    /// <summary>One direction: waits without a buffer, moves one piece, waits again.</summary>
    private async Task PumpAsync(TransportSocket source, TransportSocket sink)
    {
        var buffers = source.Loop.Buffers;
        while (true)
        {
            var waited = await source.ReadableAsync(TimeLeft());
            if (client.Loop.Now >= _latest)
            {
                EndBoth(TunnelEnd.TotalTimedOut);
                return;
            }
            if (waited.Status == IoStatus.TimedOut && TimeLeft() > TimeSpan.Zero) continue;
            if (!waited.IsOk)
            {
                EndBoth(EndBy(source, waited.Status));
                return;
            }
            var buffer = buffers.Rent();
            var received = await source.ReceiveAsync(buffer, idleTimeout);
            var sent = received.IsOk ? await sink.SendAsync(buffer.AsMemory(0, received.Bytes), idleTimeout) : default;
            buffers.Return(buffer);
            if (received.Status == IoStatus.EndOfStream)
            {
                sink.ShutdownSend();
                return;
            }
            if (!received.IsOk || !sent.IsOk)
            {
                EndBoth(received.IsOk ? EndBy(sink, sent.Status) : EndBy(source, received.Status));
                return;
            }
            Count(source, received.Bytes);
            if (received.Bytes == buffers.Size && !await PumpBulkAsync(source, sink)) return;
        }
    }

    /// <summary>A full read means bulk: moved within the kernel for as long as more is there. False when the tunnel has ended over it.</summary>
    private async ValueTask<bool> PumpBulkAsync(TransportSocket source, TransportSocket sink)
    {
        var moved = await source.TransferAsync(sink, long.MaxValue, idleTimeout);
        if (moved.Bytes > 0) Count(source, moved.Bytes);
        // The end of the stream is read, and passed on, in the ordinary way.
        if (moved.IsOk || (moved.Status == IoStatus.EndOfStream && !moved.SinkFailed)) return true;
        EndBoth(EndBy(moved.SinkFailed ? sink : source, moved.Status));
        return false;
    }

    private void Count(TransportSocket source, int bytes)
    {
        _lastMoved = source.Loop.Now;
        if (ReferenceEquals(source, client)) BytesUp += bytes;
        else BytesDown += bytes;
    }

    /// <summary>Until the tunnel has idled too long, or has stood too long whatever it does.</summary>
    private TimeSpan TimeLeft()
    {
        var idleEnd = _lastMoved + (long)idleTimeout.TotalMilliseconds;
        return TimeSpan.FromMilliseconds(Math.Max(0, Math.Min(idleEnd, _latest) - client.Loop.Now));
    }

    private TunnelEnd EndBy(TransportSocket side, IoStatus status) => EndOf(status, ReferenceEquals(side, client));

    /// <summary>How a tunnel ends when an operation on one of its sides ended so.</summary>
    internal static TunnelEnd EndOf(IoStatus status, bool onClientSide) => status switch
    {
        IoStatus.Closed => TunnelEnd.EndedByRelay,
        IoStatus.TimedOut => TunnelEnd.IdleTimedOut,
        _ => onClientSide ? TunnelEnd.ResetByClient : TunnelEnd.ResetByDestination,
    };

    /// <summary>Ends both directions at once; the first reason stands.</summary>
    private void EndBoth(TunnelEnd end)
    {
        _end ??= end;
        client.Abort();
        destination.Abort();
    }
}
