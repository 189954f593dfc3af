namespace Sallyport.Wire;

/// <summary>Reads the head of an answer (RFC 9112 sections 4 and 5), as strictly as a request's, but for a blank before a colon, which is dropped.</summary>
public sealed class ResponseHead : MessageHead
{
    private bool _hasStatusLine;
    private bool _toHead;
    private bool _toConnect;

    /// <summary>The status line without its CRLF.</summary>
    public Slice StatusLine { get; private set; }

    /// <summary>The status code, 100-999.</summary>
    public int Status { get; private set; }

    /// <summary>The reason phrase as written; may be empty.</summary>
    public Slice Reason { get; private set; }

    /// <summary>Whether it is an interim answer: the final one is still to come (RFC 9110 section 15.2). 101 is none.</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    private protected override bool AllowsSpaceBeforeColon => true;

    /// <summary>Reads on. <paramref name="buffer"/> begins with the same bytes at each call until <see cref="Reset"/>.</summary>
    /// <param name="buffer">All bytes of the answer so far.</param>
    /// <param name="limits">How large it may be.</param>
    /// <param name="toHead">Whether it answers HEAD: then it has no body, whatever it claims (RFC 9112 section 6.3).</param>
    /// <param name="toConnect">Whether it answers CONNECT: then a 2xx has none.</param>
    /// <returns>Done and Invalid stay until <see cref="Reset"/>. Invalid may come before the head is complete.</returns>
    public ReadStatus Read(ReadOnlySpan<byte> buffer, in HeadLimits limits, bool toHead, bool toConnect)
    {
        if (Fault != HeadFault.None) return ReadStatus.Invalid;
        if (Length > 0) return ReadStatus.Done;
        _toHead = toHead;
        _toConnect = toConnect;
        if (!_hasStatusLine)
        {
            var status = ReadStatusLine(buffer, limits);
            if (status != ReadStatus.Done) return status;
        }
        return ReadFields(buffer, limits);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _hasStatusLine = false;
        StatusLine = Reason = default;
        Status = 0;
    }

    private ReadStatus ReadStatusLine(ReadOnlySpan<byte> buffer, in HeadLimits limits)
    {
        // What does not begin like HTTP will not become it: SSH and mail servers are told at once, not after a time-out.
        var prefix = "HTTP/"u8;
        var common = Math.Min(buffer.Length, prefix.Length);
        if (!buffer[..common].SequenceEqual(prefix[..common])) return Refuse(HeadFault.StatusLineMalformed);
        var lineBound = limits.MaxFieldBytes + 2;
        var feed = MayBeComplete(buffer) ? buffer.IndexOf((byte)'\n') : -1;
        if (feed < 0) return Wait(buffer.Length, lineBound, limits.MaxHeadBytes, HeadFault.FieldTooLong);
        if (feed + 1 > Math.Min(lineBound, limits.MaxHeadBytes)) return Refuse(lineBound < limits.MaxHeadBytes ? HeadFault.FieldTooLong : HeadFault.HeadTooLong);
        var fault = SplitStatusLine(buffer[..(feed + 1)]);
        if (fault != HeadFault.None) return Refuse(fault);
        StatusLine = new Slice(0, feed - 1);
        LineStart = feed + 1;
        _hasStatusLine = true;
        return ReadStatus.Done;
    }

    /// <summary>A status line may lack the reason and, though RFC 9112 section 4 asks for it, the space before it: many servers send it so, and nothing else can be meant.</summary>
    private HeadFault SplitStatusLine(ReadOnlySpan<byte> line)
    {
        if (line[^2] != '\r') return HeadFault.BareLineFeed;
        line = line[..^2];
        if (line.Contains((byte)'\r')) return HeadFault.BareCarriageReturn;
        if (line.Length < 12 || line[8] != ' ' || (line.Length > 12 && line[12] != ' ')) return HeadFault.StatusLineMalformed;
        if (!line.StartsWith("HTTP/1."u8) || (uint)(line[7] - '0') > 9) return RequestLineFault.OfVersion(line[..8]);
        var status = 0;
        foreach (var b in line[9..12])
        {
            var digit = (uint)(b - '0');
            if (digit > 9) return HeadFault.StatusLineMalformed;
            status = status * 10 + (int)digit;
        }
        if (status < 100) return HeadFault.StatusCode;
        if (line[12..].ContainsAny(ByteClass.Controls)) return HeadFault.ReasonCharacter;
        MinorVersion = line[7] == '0' ? 0 : 1;
        Status = status;
        Reason = line.Length > 13 ? new Slice(13, line.Length - 13) : new Slice(line.Length, 0);
        return HeadFault.None;
    }

    private protected override HeadFault NoteRequestField(in HeadField field, int index, ReadOnlySpan<byte> buffer, bool isRepeated) => HeadFault.None;

    private protected override HeadFault Settle(ReadOnlySpan<byte> buffer)
    {
        var isBodyless = _toHead || Status is < 200 or 204 or 304 || (_toConnect && Status < 300);
        Framing = isBodyless ? default : FieldFraming(BodyKind.UntilClose);
        return HeadFault.None;
    }
}
