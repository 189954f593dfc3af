namespace Sallyport.Wire;

public partial struct ChunkedBodyReader
{
    /// <summary>How many bytes the trailer section may have, its blank line included.</summary>
    public const int MaxTrailerBytes = 8192;

    /// <summary>How many trailer fields there may be.</summary>
    public const int MaxTrailers = 32;

    /// <summary>
    /// After Done: the trailer lines as they came, each with its CRLF, as offsets into the last input. Empty if there were none, or if one of them was
    /// forbidden (<see cref="HasForbiddenTrailer"/>): the section is then dropped as a whole, since a sender that tries it once is not to be believed.
    /// </summary>
    public readonly Slice Trailers => _trailers;

    /// <summary>Whether a trailer was among those that may not be one (RFC 9110 section 6.5.1): framing, routing, credentials, content format.</summary>
    public readonly bool HasForbiddenTrailer => _hasForbiddenTrailer;

    private ChunkStatus ReadTrailers(ReadOnlySpan<byte> input, ref int consumed)
    {
        var section = input[consumed..];
        while (true)
        {
            var start = _trailerLine;
            var isSearched = _trailerScanned > start;
            if (FieldLine.IsTooShort(section, start) || (isSearched && !section[_trailerScanned..].Contains((byte)'\n'))) return WaitForTrailers(section.Length);
            if (section[start] == '\r' && section[start + 1] == '\n') return FinishTrailers(start, ref consumed);
            if (!FieldLine.TryRead(section, start, out var field))
            {
                var feed = section[start..].IndexOf((byte)'\n');
                if (feed < 0) return WaitForTrailers(section.Length);
                return Refuse(start + feed + 1 > MaxTrailerBytes ? HeadFault.TrailersTooLong : FieldLine.FaultOf(section.Slice(start, feed + 1), start == 0));
            }
            var end = start + field.Line.Length + 2;
            if (end > MaxTrailerBytes) return Refuse(HeadFault.TrailersTooLong);
            if (++_trailerCount > MaxTrailers) return Refuse(HeadFault.TooManyTrailers);
            _hasForbiddenTrailer |= ForbiddenTrailers.Has(field.Name.Of(section), field.Known);
            _trailerLine = end;
        }
    }

    private ChunkStatus WaitForTrailers(int available)
    {
        _trailerScanned = available;
        return available > MaxTrailerBytes ? Refuse(HeadFault.TrailersTooLong) : ChunkStatus.NeedMore;
    }

    private ChunkStatus FinishTrailers(int length, ref int consumed)
    {
        if (length + 2 > MaxTrailerBytes) return Refuse(HeadFault.TrailersTooLong);
        if (!_hasForbiddenTrailer) _trailers = new Slice(consumed, length);
        consumed += length + 2;
        _state = State.Done;
        return ChunkStatus.Done;
    }
}
