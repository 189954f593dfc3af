using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.EndToEnd.Measured;

/// <summary>One kept-alive connection that asks the same again and again on a blocking socket, checks the answers, and counts what its own thread allocates.</summary>
internal sealed class PlainClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000 };
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[4096];

    public PlainClient(IPEndPoint relay, IPEndPoint destination)
    {
        _request = Encoding.ASCII.GetBytes($"GET http://{destination}/ HTTP/1.1\r\nHost: {destination}\r\nUser-Agent: plain\r\n\r\n");
        _socket.Connect(relay);
    }

    /// <summary>Answers that were good, in all.</summary>
    public int Answered { get; private set; }

    /// <summary>Bytes that the last <see cref="Ask"/> allocated on its own thread.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Asks so many times, one after the other; stops at an answer that is not good.</summary>
    public void Ask(int times)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (times-- > 0 && IsAnswered()) Answered++;
        AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public void Dispose() => _socket.Dispose();

    private bool IsAnswered()
    {
        _socket.Send(_request, SocketFlags.None, out var error);
        var length = 0;
        while (error == SocketError.Success)
        {
            var received = _socket.Receive(_buffer.AsSpan(length), SocketFlags.None, out error);
            if (received == 0) return false;
            length += received;
            var answer = _buffer.AsSpan(0, length);
            if (answer.EndsWith("hello, world"u8)) return answer.StartsWith("HTTP/1.1 200 OK\r\n"u8);
        }
        return false;
    }
}
