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
public sealed class ConnectTunnel(TransportSocket client, TransportSocket server, byte[] answer, byte[] early, byte[] late, TimeSpan idleTimeout)
{
    private Tunnel? _tunnel;

    /// <summary>Bytes from the client to the destination.</summary>
    public long BytesUp => early.Length + (_tunnel?.BytesUp ?? 0);

    /// <summary>Bytes from the destination to the client.</summary>
    public long BytesDown => late.Length + (_tunnel?.BytesDown ?? 0);

    /// <summary>Runs until both sides are closed.</summary>
    public async ValueTask<TunnelEnd> RunAsync()
    {
        if (await SendAsync(client, answer) && await SendAsync(client, late) && await SendAsync(server, early))
        {
            _tunnel = new Tunnel(client, server, idleTimeout);
            return await _tunnel.RunAsync();
        }
        Abort();
        return TunnelEnd.ResetByClient;
    }

    /// <summary>Ends it at once, from the relay's side.</summary>
    public void Abort()
    {
        client.Abort();
        server.Abort();
    }

    private async ValueTask<bool> SendAsync(TransportSocket socket, byte[] bytes) => bytes.Length == 0 || (await socket.SendAsync(bytes, idleTimeout)).IsOk;
}
