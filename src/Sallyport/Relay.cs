using System.Net;
using System.Net.Sockets;
using Sallyport.Admitting;
using Sallyport.Listening;
using Sallyport.Options;
using Sallyport.Reporting;
using Sallyport.Transport;
using Sallyport.Transport.Epoll;
using Sallyport.Transport.Sockets;
using Sallyport.Wire;

namespace Sallyport;

/// <summary>The composition root of a relay or an agent: makes the loops and their rooms from the settings, starts, drains, stops.</summary>
public sealed class Relay : IDisposable
{
    /// <summary>Connections that may wait to be accepted, per listener; the system caps it at net.core.somaxconn.</summary>
    private const int Backlog = 4096;

    private readonly List<RelayLoop> _loops = [];
    private readonly List<TransportListener> _listeners = [];
    private readonly List<ListenLock> _locks = [];
    private readonly List<(ListenerRole Role, IPEndPoint Address)> _bound = [];
    private readonly AccessLog _log;
    private int _pressureSaid;

    private Relay(AccessLog log) => _log = log;

    /// <summary>What is listened on, in the order of the settings, with the ports that were picked.</summary>
    public IReadOnlyList<(ListenerRole Role, IPEndPoint Address)> Bound => _bound;

    /// <summary>Binds all listeners and starts the loops. When this returns, connections are accepted.</summary>
    /// <exception cref="ListenException">An address cannot be listened on; nothing is left open.</exception>
    public static Relay Start(RelaySettings settings, AccessLog log)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var relay = new Relay(log);
        try
        {
            relay.Open(settings);
            return relay;
        }
        catch
        {
            relay.Dispose();
            throw;
        }
    }

    private void Open(RelaySettings settings)
    {
        var census = new ConnectionCensus(settings.Limits.Connections, settings.Limits.ConnectionsPerSource);
        var epoll = OperatingSystem.IsLinux() && !settings.UseSockets;
        if (epoll) DescriptorLimit.Raise();
        // Only epoll's listeners can be shared out; the portable loop is one.
        var count = !epoll ? 1 : settings.Loops > 0 ? settings.Loops : Environment.ProcessorCount;
        for (var i = 0; i < count; i++)
        {
            TransportLoop transport = epoll ? new EpollLoop($"loop {i}") : new SocketsLoop($"loop {i}");
            _loops.Add(new RelayLoop(transport, settings, _log, census));
        }
        foreach (var (address, role) in settings.Listeners) Listen(address, role, census);
        var policy = settings.IsAgent ? Policy.Open : new Policy(settings.Destinations, settings.Allow, OwnAddresses.For([.. _bound.Select(AddressOf)]));
        foreach (var loop in _loops)
        {
            loop.Policy = policy;
            loop.Transport.Start();
        }
    }

    private static ListenAddress AddressOf((ListenerRole Role, IPEndPoint Address) bound) =>
        new(InternetAddress.From(bound.Address.Address), (ushort)bound.Address.Port);

    private void Listen(ListenAddress address, ListenerRole role, ConnectionCensus census)
    {
        var endPoint = new IPEndPoint(address.Address.ToIPAddress(), address.Port);
        if (ListenLock.TakeFree(endPoint) is { } held) _locks.Add(held);
        try
        {
            foreach (var loop in _loops)
            {
                var listener = loop.Transport.Listen(endPoint, Backlog, socket => Accept(loop, socket, role, census), SayPressure);
                _listeners.Add(listener);
                if (endPoint.Port != 0) continue;
                // The first listener picks, the other loops share its port.
                endPoint = listener.LocalEndPoint;
                if (ListenLock.Take(endPoint) is { } picked) _locks.Add(picked);
            }
        }
        catch (SocketException refused)
        {
            throw ListenException.For(endPoint, refused);
        }
        _bound.Add((role, endPoint));
    }

    private void Accept(RelayLoop loop, TransportSocket socket, ListenerRole role, ConnectionCensus census)
    {
        if (census.TryEnter(socket.RemoteAddress))
        {
            loop.Accept(socket, role);
            return;
        }
        // Overload sheds new connections, not old ones.
        socket.Abort();
        if (Interlocked.Exchange(ref _pressureSaid, 1) == 0) _log.Say("connection-limit: new connections are refused; raise limits.connections or limits.connections-per-source if this is no attack");
    }

    private void SayPressure(AcceptTrouble trouble)
    {
        if (Interlocked.Exchange(ref _pressureSaid, 1) == 0) _log.Say($"accepting pauses for {trouble.Pause.TotalMilliseconds} ms at a time: {trouble.Reason}");
    }

    /// <summary>Takes nothing new, lets what is under way finish for at most <paramref name="grace"/>, then ends the rest. True when all finished by itself.</summary>
    public async Task<bool> DrainAsync(TimeSpan grace, CancellationToken endAtOnce)
    {
        OnEachLoop(CloseListeners);
        OnEachLoop(loop => loop.Drain());
        var drained = Task.WhenAll(_loops.Select(loop => loop.Drained.Task));
        var finished = await Task.WhenAny(drained, Task.Delay(grace, endAtOnce)).ConfigureAwait(false) == drained;
        if (!finished)
        {
            OnEachLoop(loop => loop.Abort());
            await Task.WhenAny(drained, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None)).ConfigureAwait(false);
        }
        return finished;
    }

    private void CloseListeners(RelayLoop loop)
    {
        for (var i = _loops.IndexOf(loop); i < _listeners.Count; i += _loops.Count) _listeners[i].Close();
    }

    private void OnEachLoop(Action<RelayLoop> action)
    {
        foreach (var loop in _loops) loop.Transport.Post(() => action(loop));
    }

    /// <summary>Ends the loops. Connections that are still open end with the process.</summary>
    public void Dispose()
    {
        foreach (var loop in _loops) loop.Transport.Stop();
        foreach (var held in _locks) held.Dispose();
    }
}
