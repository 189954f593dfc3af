using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.EndToEnd.Purpose;

/// <summary>A destination with very many applications: each listens on a port of its own and answers every request with that port's number.</summary>
internal sealed class ThousandPorts : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket[] _listeners;
    private readonly Task[] _serving;

    /// <summary>So many ports of loopback, or so many listeners as the caller makes them.</summary>
    public ThousandPorts(int count, Func<Socket>? listen = null)
    {
        _listeners = [.. Enumerable.Range(0, count).Select(_ => listen?.Invoke() ?? Listen())];
        _serving = [.. _listeners.Select(ServeAsync)];
    }

    /// <summary>The ports, all different.</summary>
    public IReadOnlyList<int> Ports => [.. _listeners.Select(PortOf)];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var listener in _listeners) listener.Dispose();
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static int PortOf(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private async Task ServeAsync(Socket listener)
    {
        var port = PortOf(listener).ToString(CultureInfo.InvariantCulture);
        var answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {port.Length}\r\nConnection: close\r\n\r\n{port}");
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync(_stop.Token);
                // A head from the relay comes in one piece; what follows it ends the connection.
                await connection.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                await connection.SendAsync(answer, SocketFlags.None, _stop.Token);
                connection.Shutdown(SocketShutdown.Send);
                while (await connection.ReceiveAsync(buffer, SocketFlags.None, _stop.Token) > 0) { }
            }
        }
        catch (Exception end) when (_stop.IsCancellationRequested && end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped: nobody asks any more.
        }
    }
}
