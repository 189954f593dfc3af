using Sallyport.Transport;

namespace Sallyport.Tunneling;

/// <summary>
/// A tunnel at its beginning (the patent's HTTPS tunnelling module, 211): the connection result for the client, what either side sent before the tunnel stood,
/// and then blind bytes.
/// </summary>
/// <param name="client">The client's side.</param>
/// <param name="server">The destination's side, or the next relay's.</param>
/// <param name="answer">What the client is told first; may be empty.</param>
/// <param name="early">What the client sent early: the destination's after the answer.</param>
/// <param name="late">What came from the other side together with its answer: the client's.</param>
/// <param name="idleTimeout">How long the tunnel may stand without a byte.</param>
/// <param name="totalTimeout">How long it may stand at all; null for as long as it is used.</param>
public sealed class ConnectTunnel(TransportSocket client, TransportSocket server, byte[] answer, byte[] early, byte[] late, TimeSpan idleTimeout, TimeSpan? totalTimeout = null)
{
    private Tunnel? _tunnel;
    private long _earlySent;
    private long _lateSent;

    /// <summary>Bytes from the client to the destination.</summary>
    public long BytesUp => _earlySent + (_tunnel?.BytesUp ?? 0);

    /// <summary>Bytes from the destination to the client.</summary>
    public long BytesDown => _lateSent + (_tunnel?.BytesDown ?? 0);

    /// <summary>Runs until both sides are closed.</summary>
    public async ValueTask<TunnelEnd> RunAsync()
    {
        var broken = await BeginAsync();
        if (broken is not null)
        {
            Abort();
            return broken.Value;
        }
        _tunnel = new Tunnel(client, server, idleTimeout, totalTimeout);
        return await _tunnel.RunAsync();
    }

    /// <summary>Ends it at once, from the relay's side.</summary>
    public void Abort()
    {
        client.Abort();
        server.Abort();
    }

    /// <summary>Sends what goes before the tunnel's own bytes; null when all of it went.</summary>
    private async ValueTask<TunnelEnd?> BeginAsync()
    {
        if (await SendAsync(client, answer) is { } answerLost) return answerLost;
        if (await SendAsync(client, late) is { } lateLost) return lateLost;
        _lateSent = late.Length;
        if (await SendAsync(server, early) is { } earlyLost) return earlyLost;
        _earlySent = early.Length;
        // The tunnel may stand for days; these bytes have gone.
        answer = early = late = [];
        return null;
    }

    private async ValueTask<TunnelEnd?> SendAsync(TransportSocket socket, byte[] bytes)
    {
        if (bytes.Length == 0) return null;
        var sent = await socket.SendAsync(bytes, idleTimeout);
        return sent.IsOk ? null : Tunnel.EndOf(sent.Status, ReferenceEquals(socket, client));
    }
}
