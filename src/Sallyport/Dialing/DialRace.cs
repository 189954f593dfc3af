using Sallyport.Transport;
using Sallyport.Wire;

namespace Sallyport.Dialing;

/// <summary>
/// Connects to whichever of several addresses answers first (RFC 8305, "happy eyeballs"): one attempt after another, each a little later or as soon as the one
/// before it failed, families in turn; the first connection that stands wins and the others are given up.
/// </summary>
internal sealed class DialRace : TimerNode
{
    /// <summary>The head start of each attempt: 250 ms, as RFC 8305 section 5 recommends.</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    private readonly TransportLoop _loop;
    private readonly InternetAddress[] _addresses;
    private readonly ushort _port;
    private readonly long _end;
    private readonly TaskCompletionSource<(IoStatus, TransportSocket?)> _done = new();
    private readonly List<TransportSocket> _running = [];
    private IoStatus _lastFailure = IoStatus.Failed;
    private int _next;
    private long _nextStart = long.MaxValue;
    private bool _settled;

    public DialRace(TransportLoop loop, InternetAddress[] addresses, ushort port, TimeSpan timeout)
    {
        _loop = loop;
        _addresses = InTurn(addresses);
        _port = port;
        _end = loop.Now + (long)timeout.TotalMilliseconds;
    }

    /// <summary>The connected socket, or how the last attempt failed.</summary>
    public Task<(IoStatus Status, TransportSocket? Socket)> RunAsync()
    {
        StartNext();
        return _done.Task;
    }

    /// <summary>The resolver's order, but families alternating, so that one broken family costs one head start (RFC 8305 section 4).</summary>
    internal static InternetAddress[] InTurn(InternetAddress[] addresses)
    {
        var first = addresses.Where(address => address.IsV4 == addresses[0].IsV4).ToArray();
        var second = addresses.Where(address => address.IsV4 != addresses[0].IsV4).ToArray();
        var ordered = new List<InternetAddress>(addresses.Length);
        for (var i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            if (i < first.Length) ordered.Add(first[i]);
            if (i < second.Length) ordered.Add(second[i]);
        }
        return [.. ordered];
    }

    private void StartNext()
    {
        _nextStart = long.MaxValue;
        if (_settled || _next == _addresses.Length) return;
        var address = _addresses[_next++];
        if (_next < _addresses.Length)
        {
            _nextStart = _loop.Now + (long)HeadStart.TotalMilliseconds;
            _loop.Watch(this);
        }
        _ = AttemptAsync(address);
    }

    private async Task AttemptAsync(InternetAddress address)
    {
        var status = _loop.TryCreateSocket(address, out var socket);
        if (status == IoStatus.Ok)
        {
            _running.Add(socket!);
            status = (await socket!.ConnectAsync(address, _port, TimeSpan.FromMilliseconds(Math.Max(1, _end - _loop.Now)))).Status;
            _running.Remove(socket);
            if (status == IoStatus.Ok && !_settled)
            {
                Settle(status, socket);
                return;
            }
            socket.Close();
        }
        if (_settled) return;
        _lastFailure = status;
        if (_next < _addresses.Length && _loop.Now < _end) StartNext();
        else if (_running.Count == 0) Settle(_lastFailure, null);
    }

    private void Settle(IoStatus status, TransportSocket? winner)
    {
        _settled = true;
        _loop.Forget(this);
        foreach (var loser in _running.ToArray()) loser.Close();
        _done.SetResult((status, winner));
    }

    /// <inheritdoc/>
    protected internal override long Deadline => _nextStart;

    /// <inheritdoc/>
    protected internal override void Expired(long now) => StartNext();
}
