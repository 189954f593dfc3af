namespace Sallyport.Wire;

/// <summary>What request and answer heads share: the lines, the fields, and how the body ends.</summary>
/// <remarks>
/// A head is read from a buffer that may still be growing, and holds offsets into it, never bytes. Call Read with the same bytes and more until it says
/// something else than <see cref="ReadStatus.NeedMore"/>; <see cref="Reset"/> before the next message. Each byte is looked at once or twice however many
/// pieces it came in, and the result does not depend on the pieces. One reader belongs to one connection; it is not safe for use by two threads.
/// </remarks>
public abstract partial class MessageHead
{
    private int _scanned;

    private protected MessageHead()
    {
    }

    /// <summary>What is wrong, once Read said <see cref="ReadStatus.Invalid"/>; else <see cref="HeadFault.None"/>.</summary>
    public HeadFault Fault { get; private set; }

    /// <summary>Bytes of the complete head from the buffer's start, its blank line and any blank lines skipped before it included; 0 until then.</summary>
    public int Length { get; private set; }

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1 and every later 1.x (RFC 9110 section 2.5).</summary>
    public int MinorVersion { get; private protected set; }

    /// <summary>How the body ends. Settled when the head is complete.</summary>
    public BodyFraming Framing { get; private protected set; }

    /// <summary>Where the line stands that is read next.</summary>
    private protected int LineStart { get; set; }

    /// <summary>Forgets the message; keeps the memory.</summary>
    public virtual void Reset()
    {
        _scanned = 0;
        Fault = HeadFault.None;
        Length = 0;
        MinorVersion = 0;
        Framing = default;
        LineStart = 0;
        ResetFields();
    }

    /// <summary>Whether the line at <see cref="LineStart"/> may be complete: false only if it was seen to be incomplete and no LF came since.</summary>
    private protected bool MayBeComplete(ReadOnlySpan<byte> buffer) =>
        _scanned <= LineStart || buffer[_scanned..].Contains((byte)'\n');

    /// <summary>The line is not complete: refuses it if it is already too long, and remembers how far it was searched.</summary>
    private protected ReadStatus Wait(int available, int lineBound, int headBound, HeadFault tooLong)
    {
        _scanned = available;
        return available > Math.Min(lineBound, headBound) ? Refuse(lineBound < headBound ? tooLong : HeadFault.HeadTooLong) : ReadStatus.NeedMore;
    }

    private protected ReadStatus Refuse(HeadFault fault)
    {
        Fault = fault;
        return ReadStatus.Invalid;
    }

    /// <summary>Reads field lines until the blank line. Whatever a line's fault, it is told only when the line is complete, so that pieces make no difference.</summary>
    private protected ReadStatus ReadFields(ReadOnlySpan<byte> buffer, in HeadLimits limits)
    {
        while (true)
        {
            var start = LineStart;
            var lineBound = start + limits.MaxFieldBytes + 2;
            if (FieldLine.IsTooShort(buffer, start) || !MayBeComplete(buffer)) return Wait(buffer.Length, lineBound, limits.MaxHeadBytes, HeadFault.FieldTooLong);
            if (buffer[start] == '\r' && buffer[start + 1] == '\n') return Complete(start + 2, buffer, limits);
            if (!FieldLine.TryRead(buffer, start, out var field))
            {
                var fault = ReadOddLine(buffer, start, lineBound, limits.MaxHeadBytes, out field);
                if (fault is null) return Wait(buffer.Length, lineBound, limits.MaxHeadBytes, HeadFault.FieldTooLong);
                if (fault != HeadFault.None) return Refuse(fault.Value);
            }
            var end = start + field.Line.Length + 2;
            if (end > Math.Min(lineBound, limits.MaxHeadBytes)) return Refuse(lineBound < limits.MaxHeadBytes ? HeadFault.FieldTooLong : HeadFault.HeadTooLong);
            var refused = AddField(field, buffer, limits.MaxFields);
            if (refused != HeadFault.None) return Refuse(refused);
            LineStart = end;
        }
    }

    /// <summary>The line was not plain: null while it is incomplete, no fault if it is one that an answer may have, else its fault.</summary>
    private HeadFault? ReadOddLine(ReadOnlySpan<byte> buffer, int start, int lineBound, int headBound, out HeadField field)
    {
        field = default;
        var feed = buffer[start..].IndexOf((byte)'\n');
        if (feed < 0) return null;
        if (start + feed + 1 > Math.Min(lineBound, headBound)) return lineBound < headBound ? HeadFault.FieldTooLong : HeadFault.HeadTooLong;
        var fault = FieldLine.FaultOf(buffer.Slice(start, feed + 1), FieldCount == 0);
        if (fault != HeadFault.SpaceBeforeColon || !AllowsSpaceBeforeColon) return fault;
        return FieldLine.TryReadSpaced(buffer, start, feed - 1, out field) ? HeadFault.None : HeadFault.FieldValueCharacter;
    }

    private ReadStatus Complete(int length, ReadOnlySpan<byte> buffer, in HeadLimits limits)
    {
        if (length > limits.MaxHeadBytes) return Refuse(HeadFault.HeadTooLong);
        var fault = HasConnectionField ? MarkNominated(buffer) : HeadFault.None;
        if (fault == HeadFault.None) fault = FramingFault();
        if (fault == HeadFault.None) fault = Settle(buffer);
        if (fault != HeadFault.None) return Refuse(fault);
        Length = length;
        return ReadStatus.Done;
    }

    /// <summary>Whether a blank before the colon is a flaw to mend instead of a fault.</summary>
    private protected abstract bool AllowsSpaceBeforeColon { get; }

    /// <summary>The head is complete: settles what depends on all of it.</summary>
    private protected abstract HeadFault Settle(ReadOnlySpan<byte> buffer);
}
