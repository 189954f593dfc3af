using Sallyport.Wire;

namespace Sallyport.Forwarding;

/// <summary>The reader of one body, whichever way it is framed. A value that changes: keep it in one place.</summary>
internal struct BodyReader
{
    private readonly BodyKind _kind;
    private LengthBodyReader _counted;
    private ChunkedBodyReader _chunked;
    private UntilCloseBodyReader _untilClose;

    public BodyReader(BodyFraming framing)
    {
        _kind = framing.Kind;
        _counted = new LengthBodyReader(framing.Length);
    }

    /// <summary>The end of the connection is the end of the body only where nothing else tells it.</summary>
    public bool TryEndByClose()
    {
        if (_kind != BodyKind.UntilClose) return false;
        _untilClose.Close();
        return true;
    }

    /// <summary>Bytes of a counted body still to come; 0 for every other framing, whose bytes have to be looked at.</summary>
    public readonly long CountedLeft => _kind == BodyKind.Counted ? _counted.Remaining : 0;

    /// <summary>Bytes of a counted body went another way.</summary>
    public void Skip(long count) => _counted.Skip(count);

    /// <summary>After Done: clean trailer lines, as offsets into the last input.</summary>
    public readonly Slice Trailers => _kind == BodyKind.Chunked ? _chunked.Trailers : default;

    public ChunkStatus Read(ReadOnlySpan<byte> input, out int consumed, out Slice data)
    {
        switch (_kind)
        {
            case BodyKind.Counted:
                return _counted.Read(input, out consumed, out data);
            case BodyKind.Chunked:
                return _chunked.Read(input, out consumed, out data);
            case BodyKind.UntilClose:
                return _untilClose.Read(input, out consumed, out data);
            default:
                consumed = 0;
                data = default;
                return ChunkStatus.Done;
        }
    }
}
