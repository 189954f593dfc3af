namespace Sallyport.Wire;

/// <summary>Reads the chunked transfer coding (RFC 9112 section 7.1), strictly: CRLF only, no blanks or signs around sizes, extensions by their grammar and then dropped.</summary>
/// <remarks>A few numbers and no memory of its own: the default value stands at the start of a body. A value type that changes: keep it in one place and pass it by reference.</remarks>
public partial struct ChunkedBodyReader
{
    /// <summary>How many bytes of chunk extensions one message may have; they are read and dropped, so a sender must not be able to keep the reader busy with them.</summary>
    public const int MaxExtensionBytes = 4096;

    /// <summary>The longest size line that <see cref="WriteSize"/> writes, in bytes.</summary>
    public const int MaxSizeLineBytes = 10;

    private const int MaxSizeDigits = 16;

    private long _remaining;
    private long _total;
    private int _extensionBytes;
    private State _state;
    private byte _digits;
    private byte _trailerCount;
    private bool _hasForbiddenTrailer;
    private int _trailerLine;
    private int _trailerScanned;
    private Slice _trailers;

    private enum State : byte
    {
        Size,
        SizeLineFeed,
        BlankBeforeSemicolon,
        BlankBeforeName,
        Name,
        BlankAfterName,
        BlankBeforeValue,
        Value,
        Quoted,
        QuotedPair,
        QuoteClosed,
        Data,
        DataReturn,
        DataLineFeed,
        Trailers,
        Done,
        Invalid,
    }

    /// <summary>The CRLF that follows a chunk's data.</summary>
    public static ReadOnlySpan<byte> DataEnd => "\r\n"u8;

    /// <summary>The last chunk and the blank line: the end of a body without trailers.</summary>
    public static ReadOnlySpan<byte> End => "0\r\n\r\n"u8;

    /// <summary>The last chunk alone; trailer lines and a blank line have to follow.</summary>
    public static ReadOnlySpan<byte> LastChunk => "0\r\n"u8;

    /// <summary>What is wrong, once <see cref="Read"/> said <see cref="ChunkStatus.Invalid"/>.</summary>
    public HeadFault Fault { get; private set; }

    /// <summary>Body bytes announced by the chunks so far, without the coding.</summary>
    public readonly long BodyLength => _total;

    /// <summary>Reads on from where the last call stopped.</summary>
    /// <param name="input">The bytes that follow those consumed so far.</param>
    /// <param name="consumed">How many of them are done with; the run of body bytes is among them.</param>
    /// <param name="data">For <see cref="ChunkStatus.Data"/>: a run of body bytes, as offsets into <paramref name="input"/>, never empty.</param>
    /// <returns>
    /// NeedMore: all input is consumed, except in the trailer section (everything behind the last chunk's line, the final blank line included): that is
    /// left until it is complete, and has to be presented again with more, at most <see cref="MaxTrailerBytes"/> of it. Done: what follows
    /// <paramref name="consumed"/> belongs to the next message. Done and Invalid stay.
    /// </returns>
    public ChunkStatus Read(ReadOnlySpan<byte> input, out int consumed, out Slice data)
    {
        consumed = 0;
        data = default;
        while (consumed < input.Length)
        {
            switch (_state)
            {
                case State.Data:
                    data = new Slice(consumed, (int)Math.Min(_remaining, input.Length - consumed));
                    consumed += data.Length;
                    _remaining -= data.Length;
                    if (_remaining == 0) _state = State.DataReturn;
                    return ChunkStatus.Data;
                case State.Trailers:
                    return ReadTrailers(input, ref consumed);
                case State.Done:
                    return ChunkStatus.Done;
                case State.Invalid:
                    return ChunkStatus.Invalid;
                default:
                    var fault = Step(input[consumed++]);
                    if (fault != HeadFault.None) return Refuse(fault);
                    break;
            }
        }
        return _state switch
        {
            State.Done => ChunkStatus.Done,
            State.Invalid => ChunkStatus.Invalid,
            _ => ChunkStatus.NeedMore,
        };
    }

    /// <summary>Writes the line before a chunk's data: the size in hexadecimal, and CRLF.</summary>
    /// <param name="destination">At least <see cref="MaxSizeLineBytes"/> bytes to be sure.</param>
    /// <param name="size">Bytes of data, more than 0: a chunk of none would end the body.</param>
    /// <returns>How many bytes were written; 0 if the destination is too small.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0 or less.</exception>
    public static int WriteSize(Span<byte> destination, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var digits = HexDigits.Write(destination, (uint)size);
        return digits > 0 && "\r\n"u8.TryCopyTo(destination[digits..]) ? digits + 2 : 0;
    }

    private ChunkStatus Refuse(HeadFault fault)
    {
        Fault = fault;
        _state = State.Invalid;
        return ChunkStatus.Invalid;
    }

    private HeadFault Step(byte b)
    {
        switch (_state)
        {
            case State.Size:
                return StepSize(b);
            case State.SizeLineFeed:
                if (b != '\n') return HeadFault.BareCarriageReturn;
                return BeginChunk();
            case State.DataReturn:
                if (b != '\r') return HeadFault.ChunkEndMissing;
                _state = State.DataLineFeed;
                return HeadFault.None;
            case State.DataLineFeed:
                if (b != '\n') return HeadFault.ChunkEndMissing;
                _state = State.Size;
                return HeadFault.None;
            default:
                if (++_extensionBytes > MaxExtensionBytes) return HeadFault.ChunkExtensionsTooLong;
                return StepExtension(b);
        }
    }

    private HeadFault StepSize(byte b)
    {
        var digit = HexDigits.ValueOf(b);
        if (digit >= 0)
        {
            // Sixteen digits whose first is 8 or more would be past the largest number.
            if (++_digits > MaxSizeDigits || _remaining >> 59 != 0) return HeadFault.ChunkSizeTooLarge;
            _remaining = _remaining << 4 | (uint)digit;
            return HeadFault.None;
        }
        if (_digits == 0) return HeadFault.ChunkSizeMalformed;
        switch (b)
        {
            case (byte)'\r':
                _state = State.SizeLineFeed;
                return HeadFault.None;
            case (byte)';' or (byte)' ' or (byte)'\t':
                _state = State.BlankBeforeSemicolon;
                return Step(b);
            case (byte)'\n':
                return HeadFault.BareLineFeed;
            default:
                return HeadFault.ChunkSizeMalformed;
        }
    }

    private HeadFault BeginChunk()
    {
        _digits = 0;
        if (_remaining == 0)
        {
            _state = State.Trailers;
            return HeadFault.None;
        }
        if (_remaining > long.MaxValue - _total) return HeadFault.ChunkSizeTooLarge;
        _total += _remaining;
        _state = State.Data;
        return HeadFault.None;
    }
}
