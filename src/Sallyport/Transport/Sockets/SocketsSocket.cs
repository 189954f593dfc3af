using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Transport.Sockets;

/// <summary>A socket on the portable loop. The framework's operation runs on its own threads; its end is posted to the loop and completes the loop's operation there.</summary>
internal sealed class SocketsSocket : TransportSocket
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _closing = new();
    private CancellationTokenSource? _readCancellation;
    private bool _endSeen;

    public SocketsSocket(SocketsLoop loop, Socket socket) : base(loop)
    {
        _socket = socket;
        if (socket.RemoteEndPointOrNull() is not { } remote) return;
        RemoteAddress = InternetAddress.From(remote.Address).Unmapped();
        RemotePort = (ushort)remote.Port;
    }

    public override ValueTask<IoResult> ReadableAsync(TimeSpan timeout)
    {
        if (IsClosed) return new(new IoResult(IoStatus.Closed));
        return BeginRead(IoKind.Readable, Memory<byte>.Empty, timeout);
    }

    public override ValueTask<IoResult> ReceiveAsync(Memory<byte> buffer, TimeSpan timeout)
    {
        if (IsClosed) return new(new IoResult(IoStatus.Closed));
        return BeginRead(IoKind.Receive, buffer, timeout);
    }

    // A receive into no bytes ends when there is something to receive, on every system that .NET runs on.
    private ValueTask<IoResult> BeginRead(IoKind kind, Memory<byte> buffer, TimeSpan timeout)
    {
        var pending = ReadSide.Begin(kind, buffer, 0, DeadlineOf(timeout));
        Loop.Watch(this);
        _readCancellation = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        _ = FinishReadAsync(_socket.ReceiveAsync(buffer, SocketFlags.None, _readCancellation.Token), _readCancellation, kind);
        return pending;
    }

    private async Task FinishReadAsync(ValueTask<int> receive, CancellationTokenSource cancellation, IoKind kind)
    {
        IoResult result;
        try
        {
            var count = await receive.ConfigureAwait(false);
            result = count > 0 || kind == IoKind.Readable ? new IoResult(IoStatus.Ok, count) : new IoResult(IoStatus.EndOfStream);
        }
        catch (SocketException trouble)
        {
            result = kind == IoKind.Readable ? new IoResult(IoStatus.Ok) : new IoResult(StatusOf(trouble.SocketErrorCode));
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            result = new IoResult(IsClosed ? IoStatus.Closed : IoStatus.TimedOut);
        }
        Loop.Post(() =>
        {
            cancellation.Dispose();
            if (ReferenceEquals(_readCancellation, cancellation)) _readCancellation = null;
            if (result.Status is not IoStatus.Ok) _endSeen = true;
            if (ReadSide.IsPending) ReadSide.Complete(result);
        });
    }

    public override ValueTask<IoResult> SendAsync(ReadOnlyMemory<byte> buffer, TimeSpan timeout)
    {
        if (IsClosed) return new(new IoResult(IoStatus.Closed));
        var pending = WriteSide.Begin(IoKind.Send, MemoryMarshal.AsMemory(buffer), 0, DeadlineOf(timeout));
        Loop.Watch(this);
        _ = FinishSendAsync(buffer);
        return pending;
    }

    private async Task FinishSendAsync(ReadOnlyMemory<byte> buffer)
    {
        var left = buffer;
        var status = IoStatus.Ok;
        try
        {
            while (left.Length > 0) left = left[await _socket.SendAsync(left, SocketFlags.None, _closing.Token).ConfigureAwait(false)..];
        }
        catch (SocketException trouble)
        {
            status = StatusOf(trouble.SocketErrorCode);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            status = IoStatus.Closed;
        }
        Finish(WriteSide, status, status == IoStatus.Ok ? buffer.Length : 0);
    }

    public override ValueTask<IoResult> ConnectAsync(InternetAddress address, ushort port, TimeSpan timeout)
    {
        if (IsClosed) return new(new IoResult(IoStatus.Closed));
        (RemoteAddress, RemotePort) = (address, port);
        var pending = WriteSide.Begin(IoKind.Connect, default, 0, DeadlineOf(timeout));
        Loop.Watch(this);
        _ = FinishConnectAsync(new IPEndPoint(address.ToIPAddress(), port));
        return pending;
    }

    private async Task FinishConnectAsync(IPEndPoint remote)
    {
        var status = IoStatus.Ok;
        try
        {
            await _socket.ConnectAsync(remote, _closing.Token).ConfigureAwait(false);
        }
        catch (SocketException trouble)
        {
            status = StatusOf(trouble.SocketErrorCode);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            status = IoStatus.Closed;
        }
        Finish(WriteSide, status, 0);
    }

    private void Finish(IoOperation side, IoStatus status, int bytes) => Loop.Post(() =>
    {
        if (side.IsPending) side.Complete(new IoResult(status, bytes));
    });

    // Nothing to try again: the framework's operation is under way from the start.
    internal override void Retry(IoOperation operation)
    {
    }

    public override bool IsQuiet()
    {
        if (IsClosed || _endSeen) return false;
        try
        {
            return !_socket.Poll(0, SelectMode.SelectRead);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public override void ShutdownSend()
    {
        if (IsClosed) return;
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The peer is gone already; the next receive says so.
        }
    }

    public override void CancelReceive() => _readCancellation?.Cancel();

    protected override void CloseCore(bool abort)
    {
        IsClosed = true;
        if (abort) _socket.LingerState = new LingerOption(true, 0);
        _closing.Cancel();
        _socket.Dispose();
        _closing.Dispose();
        EndPending();
    }

    // A receive is cancelled and ends by its own way, so that its buffer is free before its awaiter goes on; a send or connect that times out ends the socket's use.
    protected internal override void Expired(long now)
    {
        if (ExpiredWhileParked(now)) return;
        if (ReadSide.IsPending && ReadSide.Deadline <= now) _readCancellation?.Cancel();
        if (WriteSide.IsPending && WriteSide.Deadline <= now) WriteSide.CompleteLater(new IoResult(IoStatus.TimedOut));
        if (!IsClosed) Loop.Watch(this);
    }

    public static IoStatus StatusOf(SocketError error) => error switch
    {
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => IoStatus.Reset,
        SocketError.ConnectionRefused => IoStatus.Refused,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.AccessDenied => IoStatus.Unreachable,
        SocketError.TimedOut => IoStatus.TimedOut,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable => IoStatus.OutOfResources,
        SocketError.OperationAborted => IoStatus.Closed,
        _ => IoStatus.Failed,
    };
}

/// <summary>What the framework throws for where a value would do.</summary>
internal static class SocketQueries
{
    /// <summary>The peer's address, or null while there is none.</summary>
    public static IPEndPoint? RemoteEndPointOrNull(this Socket socket)
    {
        try
        {
            return socket.Connected ? socket.RemoteEndPoint as IPEndPoint : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
