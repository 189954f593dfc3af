using System.Net;
using System.Net.Sockets;

namespace Sallyport.Testing.Raw;

/// <summary>A client that sends exactly the bytes it is given.</summary>
public static class RawClient
{
    /// <summary>Connects to an address.</summary>
    public static async Task<RawConnection> ConnectAsync(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint).Within($"a connection to {endpoint}");
            return new RawConnection(socket, number: 0);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects, sends the text, and returns all that comes back until the other side ends; this side stays open until then.</summary>
    /// <exception cref="TimeoutException">The other side did not end in time; the message has what came.</exception>
    public static async Task<string> ExchangeAsync(IPEndPoint endpoint, string request)
    {
        using var connection = await ConnectAsync(endpoint);
        await connection.SendAsync(request);
        return await connection.TakeToEndAsync();
    }
}
