using System.Net.Sockets;
using System.Text;
using Sallyport.Wire;

namespace Sallyport.Client;

/// <summary>Opens tunnels through a relay's one port: any protocol over TCP, one CONNECT (RFC 9110 section 9.3.6) for each connection.</summary>
/// <remarks>
/// Thread-safe. All that the relay or the network can cause is an <see cref="HttpRequestException"/>; a relay that says no is a
/// <see cref="RelayRefusedException"/>. Nothing is tried twice.
/// </remarks>
public sealed partial class RelayDialer
{
    private readonly RelayAddress _relay;
    private readonly WireForm _wire;

    /// <summary>A dialer for one relay; nothing is connected yet.</summary>
    /// <param name="relay">The relay's shared port, as <c>http://HOST[:PORT]</c>; without a port it is 80.</param>
    /// <param name="wire">In <see cref="WireForm.Patent"/> the request is HTTP/1.0 and its Host field names the relay (figure 10).</param>
    /// <exception cref="ArgumentException">The URL is not http, or has more than a host and a port.</exception>
    public RelayDialer(Uri relay, WireForm wire = WireForm.Rfc)
    {
        if (!Enum.IsDefined(wire)) throw new ArgumentOutOfRangeException(nameof(wire), wire, "The wire form is Rfc or Patent.");
        _relay = RelayAddress.From(relay);
        _wire = wire;
    }

    /// <summary>
    /// How long one tunnel may take until it stands: reaching the relay, and the relay reaching the destination.
    /// The default of 30 seconds leaves a relay that gives up after 10 time to say so.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Opens a tunnel to a destination, by name or address as the relay will resolve it.</summary>
    /// <param name="host">A DNS name (ASCII; international names in their xn-- form), an IPv4 address, or an IPv6 address with or without brackets.</param>
    /// <param name="port">1-65535.</param>
    /// <param name="cancellationToken">Gives up and closes the connection.</param>
    /// <returns>
    /// The tunnel, whose first byte is the destination's first byte. It is a <see cref="NetworkStream"/> that owns its socket:
    /// <c>Socket.Shutdown(SocketShutdown.Send)</c> ends one direction and leaves the other.
    /// </returns>
    /// <exception cref="ArgumentException">The host or the port cannot be a destination.</exception>
    /// <exception cref="RelayRefusedException">The relay refused; status, reason and the first line of its explanation are in it.</exception>
    /// <exception cref="HttpRequestException">The relay was not reached, did not answer in time, or did not answer with HTTP.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken = default)
    {
        var destination = DestinationAuthority(host, port);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        Socket? socket = null;
        try
        {
            socket = await ReachRelayAsync(deadline.Token);
            await SendAllAsync(socket, Encoding.ASCII.GetBytes(ConnectRequest(destination)), deadline.Token);
            var answer = await ReadAnswerAsync(socket, deadline.Token);
            if (!answer.IsSuccess) throw await RefusalAsync(socket, destination, answer, deadline.Token);
            var tunnel = new NetworkStream(socket, ownsSocket: true);
            socket = null;
            return tunnel;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            var what = socket is null ? "was not reached" : $"did not answer CONNECT {destination}";
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"The relay {_relay.Authority} {what} within {Timeout.TotalSeconds:0.###} s.", new TimeoutException(null, late));
        }
        catch (SocketException failure)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"The connection to the relay {_relay.Authority} broke before the tunnel to {destination} stood: {failure.Message}.", failure);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>A plain connection to the relay's shared port.</summary>
    internal async Task<Socket> ReachRelayAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_relay.Host, _relay.Port, cancellationToken);
            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"The relay {_relay.Authority} cannot be reached: {failure.Message}.", failure);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private string ConnectRequest(string destination) => _wire == WireForm.Patent
        ? $"CONNECT {destination} HTTP/1.0\r\nHost: {_relay.Authority}\r\n\r\n"
        : $"CONNECT {destination} HTTP/1.1\r\nHost: {destination}\r\n\r\n";

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
    }

    /// <summary>What is written into the request line: only characters that a name or an address has, so a host can never smuggle in more.</summary>
    private static string DestinationAuthority(string host, int port)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        if (port is < 1 or > 65535) throw new ArgumentOutOfRangeException(nameof(port), port, "A port is in 1-65535.");
        var bare = host is ['[', .. var inside, ']'] ? inside : host;
        if (InternetAddress.TryParse(bare, out var address) && !address.IsV4) return $"[{bare}]:{port}";
        if (host.Length > 253 || !host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            throw new ArgumentException("A host is a DNS name of ASCII letters, digits, '-', '_' and '.' (at most 253; international names in their xn-- form), an IPv4 address or an IPv6 address.", nameof(host));
        }
        return $"{host}:{port}";
    }
}
