using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.Load;

/// <summary>Opens many connections that then do nothing, says so, and holds them until stdin ends.</summary>
internal static class Holding
{
    /// <summary>Tunnels, each proven by the far end's greeting.</summary>
    public static int RunTunnels(Way way, int connections)
    {
        var buffer = new byte[4096];
        return Hold(connections, () =>
        {
            var (socket, early) = way.Open(buffer);
            if (early == 0) early = socket.Receive(buffer);
            return early == 1 ? socket : throw new IOException($"instead of the far end's greeting came {early} bytes");
        });
    }

    /// <summary>Clients that keep their connection after one answered request.</summary>
    public static int RunClients(int proxy, int origin, int connections)
    {
        var authority = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{origin}");
        var request = Encoding.ASCII.GetBytes($"GET http://{authority}/small HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        var endPoint = new IPEndPoint(IPAddress.Loopback, proxy);
        var buffer = new byte[4096];
        return Hold(connections, () =>
        {
            var socket = Way.Connect(endPoint);
            socket.Send(request);
            var length = 0;
            while (!buffer.AsSpan(0, length).EndsWith("xxxx"u8))
            {
                var received = socket.Receive(buffer.AsSpan(length));
                if (received == 0) throw new IOException("the proxy closed the connection");
                length += received;
            }
            return buffer.AsSpan().StartsWith("HTTP/1.1 200"u8) ? socket : throw new IOException(Encoding.Latin1.GetString(buffer, 0, length));
        });
    }

    private static int Hold(int connections, Func<Socket> open)
    {
        var held = new List<Socket>(connections);
        try
        {
            while (held.Count < connections) held.Add(open());
        }
        catch (Exception failed) when (failed is IOException or SocketException)
        {
            Console.Error.WriteLine($"after {held.Count} connections: {failed.Message}");
            return 1;
        }
        Result.Say(("held", held.Count));
        while (Console.In.Read() >= 0)
        {
        }
        foreach (var socket in held)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        return 0;
    }
}
