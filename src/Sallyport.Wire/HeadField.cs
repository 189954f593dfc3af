namespace Sallyport.Wire;

/// <summary>One field line of a head, as offsets into the buffer that was read.</summary>
public readonly struct HeadField
{
    private readonly int _start;
    private readonly int _lineLength;
    private readonly int _nameLength;
    private readonly int _valueStart;
    private readonly int _valueLength;

    internal HeadField(int start, int lineLength, int nameLength, Slice value, KnownField known, bool isHopByHop, bool hasSpaceBeforeColon)
    {
        _start = start;
        _lineLength = lineLength;
        _nameLength = nameLength;
        _valueStart = value.Start;
        _valueLength = value.Length;
        Known = known;
        IsHopByHop = isHopByHop;
        HasSpaceBeforeColon = hasSpaceBeforeColon;
    }

    /// <summary>The line as it came, without its CRLF.</summary>
    public Slice Line => new(_start, _lineLength);

    /// <summary>The name as written.</summary>
    public Slice Name => new(_start, _nameLength);

    /// <summary>The value without the blanks around it.</summary>
    public Slice Value => new(_valueStart, _valueLength);

    /// <summary>Which of the fields that matter to a relay it is.</summary>
    public KnownField Known { get; }

    /// <summary>Whether it ends here: a hop-by-hop field, or one that Connection nominates and may nominate (RFC 9110 section 7.6.1).</summary>
    public bool IsHopByHop { get; }

    /// <summary>Whether blanks stood before the colon. Only answers may have them, and a proxy has to remove them (RFC 9112 section 5.1): such a line must not be copied raw; <see cref="HeadWriter.WriteField"/> sees to it.</summary>
    public bool HasSpaceBeforeColon { get; }

    internal HeadField AsHopByHop() => new(_start, _lineLength, _nameLength, Value, Known, true, HasSpaceBeforeColon);
}
