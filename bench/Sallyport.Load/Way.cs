using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.Load;

/// <summary>How a tunnel is asked for: with CONNECT, or by connecting to a port that the proxy passes on to one fixed target.</summary>
internal sealed class Way
{
    private readonly IPEndPoint _proxy;
    private readonly byte[] _connect;

    private Way(IPEndPoint proxy, byte[] connect) => (_proxy, _connect) = (proxy, connect);

    /// <summary>A way from the words of the command line.</summary>
    /// <exception cref="ArgumentException">The way is neither <c>connect</c> nor <c>port</c>, or a port is no number.</exception>
    public static Way Of(string proxy, string way, string target)
    {
        var authority = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Argument.Number(target)}");
        return new Way(new IPEndPoint(IPAddress.Loopback, Argument.Number(proxy)), way switch
        {
            "connect" => Encoding.ASCII.GetBytes($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
            "port" => [],
            _ => throw new ArgumentException($"found `{way}`; connect or port is allowed"),
        });
    }

    /// <summary>A connection to a port on loopback.</summary>
    public static Socket Connect(IPEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens a tunnel.</summary>
    /// <returns>The tunnel, and how many bytes from the far end came along with the answer; they stand at the start of the buffer.</returns>
    /// <exception cref="IOException">The proxy refused.</exception>
    /// <exception cref="SocketException">The connection broke.</exception>
    public (Socket Tunnel, int Early) Open(byte[] buffer)
    {
        var socket = Connect(_proxy);
        if (_connect.Length == 0) return (socket, 0);
        socket.Send(_connect);
        var length = 0;
        while (true)
        {
            var received = socket.Receive(buffer.AsSpan(length));
            if (received == 0) throw new IOException("the proxy closed the connection instead of answering CONNECT");
            length += received;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end < 0) continue;
            if (!buffer.AsSpan(0, end).StartsWith("HTTP/1.1 200"u8) && !buffer.AsSpan(0, end).StartsWith("HTTP/1.0 200"u8))
                throw new IOException($"the proxy answered CONNECT with {Encoding.Latin1.GetString(buffer, 0, end)}");
            var early = length - end - 4;
            buffer.AsSpan(end + 4, early).CopyTo(buffer);
            return (socket, early);
        }
    }
}
