using System.Text;
using BenchmarkDotNet.Attributes;
using Sallyport.Wire;

namespace Sallyport.Bench;

/// <summary>64 KiB of chunked body, in chunks as servers send them and in the smallest.</summary>
public class ChunkedBench
{
    private const int BodyBytes = 64 * 1024;

    private byte[] _body = [];

    [Params(1, 512, 8192)]
    public int ChunkBytes { get; set; }

    [GlobalSetup]
    public void Write()
    {
        var chunk = $"{ChunkBytes:x}\r\n{new string('x', ChunkBytes)}\r\n";
        _body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(chunk, BodyBytes / ChunkBytes)) + "0\r\n\r\n");
    }

    [Benchmark]
    public long Read()
    {
        var reader = default(ChunkedBodyReader);
        ReadOnlySpan<byte> rest = _body;
        while (reader.Read(rest, out var consumed, out _) == ChunkStatus.Data) rest = rest[consumed..];
        return reader.BodyLength == BodyBytes ? reader.BodyLength : throw new InvalidOperationException($"{reader.BodyLength} bytes were read");
    }
}
