using System.Text;
using Sallyport.Wire;

namespace Sallyport.Tests.Wire;

/// <summary>A chunked body read in pieces, as a connection reads it: what is not consumed is presented again with more behind it.</summary>
public sealed record ChunkedReading(ChunkStatus Status, HeadFault Fault, string Data, string Trailers, int Consumed, bool HasForbiddenTrailer)
{
    public static ChunkedReading In(byte[] bytes, IEnumerable<int> ends)
    {
        var reader = default(ChunkedBodyReader);
        var data = new StringBuilder();
        var start = 0;
        var status = ChunkStatus.NeedMore;
        var trailers = "";
        foreach (var end in ends)
        {
            do
            {
                var input = bytes.AsSpan(start, end - start).ToArray();
                status = reader.Read(input, out var consumed, out var run);
                data.Append(Encoding.Latin1.GetString(run.Of(input)));
                if (status == ChunkStatus.Done) trailers = Encoding.Latin1.GetString(reader.Trailers.Of(input));
                start += consumed;
            }
            while (status == ChunkStatus.Data);
            if (status != ChunkStatus.NeedMore) break;
        }
        // Where reading stopped says nothing once the coding is broken, and how much of an unfinished trailer section was left says nothing either.
        return new(status, reader.Fault, data.ToString(), trailers, status == ChunkStatus.Done ? start : 0, reader.HasForbiddenTrailer);
    }
}
