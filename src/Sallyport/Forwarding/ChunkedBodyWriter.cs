using Sallyport.Transport;
using Sallyport.Wire;

namespace Sallyport.Forwarding;

/// <summary>Writes the chunked transfer coding (RFC 9112 section 7.1): each run of data becomes one chunk.</summary>
internal static class ChunkedBodyWriter
{
    /// <summary>A chunk around the data. The output must have room: the data and <see cref="InputBuffer.Reserve"/> more.</summary>
    public static void WriteChunk(OutputBuffer output, ReadOnlySpan<byte> data)
    {
        output.Commit(ChunkedBodyReader.WriteSize(output.Free, data.Length));
        Write(output, data);
        Write(output, ChunkedBodyReader.DataEnd);
    }

    /// <summary>The last chunk, trailer lines (each with its CRLF) and the final blank line.</summary>
    public static void WriteEnd(OutputBuffer output, ReadOnlySpan<byte> trailers)
    {
        Write(output, ChunkedBodyReader.LastChunk);
        Write(output, trailers);
        Write(output, ChunkedBodyReader.DataEnd);
    }

    private static void Write(OutputBuffer output, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output.Free);
        output.Commit(bytes.Length);
    }
}
