namespace Sallyport.Wire;

/// <summary>Counts a body down that Content-Length announced (RFC 9112 section 6.2).</summary>
/// <param name="length">Bytes announced.</param>
public struct LengthBodyReader(long length)
{
    /// <summary>Bytes still to come.</summary>
    public long Remaining { get; private set; } = length;

    /// <summary>Reads on: Data with a run of body bytes, Done when all came, NeedMore when the input is used up before that.</summary>
    /// <param name="input">The bytes that follow those consumed so far.</param>
    /// <param name="consumed">How many of them belong to the body.</param>
    /// <param name="data">The run, as offsets into the input.</param>
    public ChunkStatus Read(ReadOnlySpan<byte> input, out int consumed, out Slice data)
    {
        consumed = (int)Math.Min(Remaining, input.Length);
        data = new Slice(0, consumed);
        if (consumed == 0) return Remaining == 0 ? ChunkStatus.Done : ChunkStatus.NeedMore;
        Remaining -= consumed;
        return ChunkStatus.Data;
    }

    /// <summary>Body bytes went another way than through <see cref="Read"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than were left.</exception>
    public void Skip(long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Remaining);
        Remaining -= count;
    }
}
