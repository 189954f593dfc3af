using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Sallyport.Testing;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Limits;

/// <summary>A small answer that decodes to more than anybody wants: the relay stops in the middle, and the client sees that.</summary>
public sealed class DecodedLengthTests
{
    private const long MaxDecoded = 1L << 30;

    [Fact]
    [Trait("Run", "Full")]
    public async Task A_gzip_answer_past_its_limit_is_cut()
    {
        var compressed = CompressedZeros(MaxDecoded + (8 << 20));
        await using var destination = RawDestination.Playing(async connection =>
        {
            await RawDestination.TakeRequestAsync(connection);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {compressed.Length}\r\n\r\n");
            await connection.SendAsync(compressed);
            await connection.TakeToEndAsync(Timeout.InfiniteTimeSpan);
        });
        using var folder = new TemporaryFolder();
        await using var relay = await Relaying.TestRelay.StartConfiguredAsync(folder, """
            [[destination]]
            name = "zeros"
            hosts = ["127.0.0.1"]
            decode = "always"
            [[allow]]
            to = ["zeros"]

            """);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(relay.Endpoint, TestContext.Current.CancellationToken);
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: x\r\n\r\n"));
        var (received, tail) = await ReceiveAllAsync(client).Within("the answer's end", TimeSpan.FromMinutes(2));
        Assert.InRange(received, MaxDecoded / 2, MaxDecoded + (8 << 20));
        Assert.False(tail.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "the answer looks whole");
    }

    private static byte[] CompressedZeros(long length)
    {
        var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (long written = 0; written < length; written += zeros.Length) gzip.Write(zeros);
        }
        return result.ToArray();
    }

    /// <summary>How many bytes came in all, and the last of them.</summary>
    private static async Task<(long Bytes, string Tail)> ReceiveAllAsync(Socket client)
    {
        var buffer = new byte[256 * 1024];
        var (bytes, tail) = (0L, "");
        try
        {
            for (int count; (count = await client.ReceiveAsync(buffer, SocketFlags.None, TestContext.Current.CancellationToken)) > 0;)
            {
                bytes += count;
                tail = Encoding.Latin1.GetString(buffer, Math.Max(0, count - 16), Math.Min(16, count));
            }
        }
        catch (SocketException cut) when (cut.SocketErrorCode == SocketError.ConnectionReset)
        {
            return (bytes, "");
        }
        return (bytes, tail);
    }
}
