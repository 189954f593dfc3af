using System.Net.Sockets;
using Sallyport.Testing;

namespace Sallyport.Tests.Transport;

/// <summary>What the tests do with the framework's socket on the other side.</summary>
internal static class Peers
{
    public static void Reset(this Socket peer)
    {
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();
    }

    public static async Task<byte[]> ReceiveExactly(this Socket peer, int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var received = await peer.ReceiveAsync(bytes.AsMemory(at)).AsTask().Within($"byte {at} of {count}");
            if (received == 0) throw new EndOfStreamException($"The stream ended after {at} of {count} bytes.");
            at += received;
        }
        return bytes;
    }

    /// <summary>Null for the end of the stream, or how receiving failed.</summary>
    public static async Task<SocketError?> NextEnd(this Socket peer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await peer.ReceiveAsync(buffer.AsMemory()).AsTask().Within("an end of the stream") > 0)
            {
            }
            return null;
        }
        catch (SocketException failed)
        {
            return failed.SocketErrorCode;
        }
    }

    /// <summary>Bytes that tell their place: a shift or a repetition shows.</summary>
    public static byte[] Pattern(int count)
    {
        var bytes = new byte[count];
        new Random(17).NextBytes(bytes);
        return bytes;
    }
}
