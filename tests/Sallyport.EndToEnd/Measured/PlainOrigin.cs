using System.Net;
using System.Net.Sockets;

namespace Sallyport.EndToEnd.Measured;

/// <summary>A destination that answers every request alike, on blocking sockets with a thread each, and counts what its own threads allocate.</summary>
internal sealed class PlainOrigin : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Connection> _connections = [];

    public PlainOrigin()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(64);
        Start(Accept);
    }

    public static ReadOnlySpan<byte> Answer => "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nhello, world"u8;

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndPoint!;

    public int Connections
    {
        get { lock (_connections) return _connections.Count; }
    }

    /// <summary>Bytes allocated by the threads that answer, so far; up to date whenever no request is under way.</summary>
    public long AllocatedBytes
    {
        get { lock (_connections) return _connections.Sum(connection => Volatile.Read(ref connection.AllocatedBytes)); }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_connections)
            foreach (var connection in _connections) connection.Socket.Dispose();
    }

    private static void Start(Action action) => new Thread(() => action()) { IsBackground = true }.Start();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = new Connection(_listener.Accept());
                lock (_connections) _connections.Add(connection);
                Start(connection.Serve);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private sealed class Connection(Socket socket)
    {
        public long AllocatedBytes;

        public Socket Socket => socket;

        public void Serve()
        {
            socket.NoDelay = true;
            var buffer = new byte[4096];
            var length = 0;
            while (true)
            {
                var received = socket.Receive(buffer.AsSpan(length), SocketFlags.None, out var error);
                if (received == 0 || error != SocketError.Success) return;
                length += received;
                if (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) continue;
                length = 0;
                Volatile.Write(ref AllocatedBytes, GC.GetAllocatedBytesForCurrentThread());
                socket.Send(Answer, SocketFlags.None, out error);
                if (error != SocketError.Success) return;
            }
        }
    }
}
