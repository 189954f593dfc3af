namespace Sallyport.Wire;

/// <summary>Reads the head of a request (RFC 9112 sections 3 and 5), strictly: what two recipients could take differently is refused.</summary>
public sealed partial class RequestHead : MessageHead
{
    /// <summary>How long a method may be in bytes; the longest registered one, UPDATEREDIRECTREF, has 17.</summary>
    public const int MaxMethodBytes = 64;

    /// <summary>How many blank lines are skipped before the request line (RFC 9112 section 2.2 asks for at least one).</summary>
    public const int MaxBlankLines = 4;

    // " HTTP/1.1\r\n" and the space behind the method.
    private const int AroundTarget = 12;

    private int _blankLines;
    private bool _hasRequestLine;
    private bool _expectsContinue;

    /// <summary>The request line without its CRLF.</summary>
    public Slice RequestLine { get; private set; }

    /// <summary>The method as written.</summary>
    public Slice Method { get; private set; }

    /// <summary>The method, if it is one that a relay tells apart.</summary>
    public KnownMethod KnownMethod { get; private set; }

    /// <summary>Whether repeating the request does no more than sending it once (RFC 9110 section 9.2.2). An unknown method is not.</summary>
    public bool IsIdempotent => KnownMethod is KnownMethod.Get or KnownMethod.Head or KnownMethod.Put or KnownMethod.Delete or KnownMethod.Options or KnownMethod.Trace;

    /// <summary>Whether there is a Host field; HTTP/1.1 always has one.</summary>
    public bool HasHost => HostIndex >= 0;

    /// <summary>The place of Host in the fields; -1 if there is none.</summary>
    public int HostIndex { get; private set; } = -1;

    /// <summary>The value of Host; empty if there is none.</summary>
    public Slice HostValue { get; private set; }

    /// <summary>Host, read; of kind <see cref="HostKind.None"/> if there is none.</summary>
    public Authority HostAuthority { get; private set; }

    /// <summary>Whether the client waits for a 100 before its body: <c>Expect: 100-continue</c> in HTTP/1.1 with a body to come (RFC 9110 section 10.1.1).</summary>
    public bool ExpectsContinue => _expectsContinue && MinorVersion > 0 && Framing.Kind != BodyKind.None;

    private protected override bool AllowsSpaceBeforeColon => false;

    /// <summary>Reads on. <paramref name="buffer"/> begins with the same bytes at each call until <see cref="Reset"/>.</summary>
    /// <returns>Done and Invalid stay until <see cref="Reset"/>. Invalid may come before the head is complete.</returns>
    public ReadStatus Read(ReadOnlySpan<byte> buffer, in HeadLimits limits)
    {
        if (Fault != HeadFault.None) return ReadStatus.Invalid;
        if (Length > 0) return ReadStatus.Done;
        if (!_hasRequestLine)
        {
            var status = ReadRequestLine(buffer, limits);
            if (status != ReadStatus.Done) return status;
        }
        return ReadFields(buffer, limits);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _blankLines = 0;
        _hasRequestLine = false;
        _expectsContinue = false;
        RequestLine = Method = Target = Authority = PathAndQuery = HostValue = default;
        KnownMethod = KnownMethod.Other;
        Form = TargetForm.Origin;
        TargetAuthority = HostAuthority = default;
        HostIndex = -1;
    }

    private ReadStatus ReadRequestLine(ReadOnlySpan<byte> buffer, in HeadLimits limits)
    {
        var status = SkipBlankLines(buffer);
        if (status != ReadStatus.Done) return status;
        var start = LineStart;
        var lineBound = start + MaxMethodBytes + limits.MaxTargetBytes + AroundTarget;
        if (!MayBeComplete(buffer)) return Wait(buffer.Length, lineBound, limits.MaxHeadBytes, HeadFault.TargetTooLong);
        if (!TrySplitRequestLine(buffer, start, out var end))
        {
            var feed = buffer[start..].IndexOf((byte)'\n');
            if (feed < 0) return Wait(buffer.Length, lineBound, limits.MaxHeadBytes, HeadFault.TargetTooLong);
            end = start + feed + 1;
            if (end <= Math.Min(lineBound, limits.MaxHeadBytes)) return Refuse(RequestLineFault.Of(buffer[start..end]));
        }
        if (end > Math.Min(lineBound, limits.MaxHeadBytes)) return Refuse(lineBound < limits.MaxHeadBytes ? HeadFault.TargetTooLong : HeadFault.HeadTooLong);
        if (Method.Length > MaxMethodBytes) return Refuse(HeadFault.MethodTooLong);
        if (Target.Length > limits.MaxTargetBytes) return Refuse(HeadFault.TargetTooLong);
        KnownMethod = MethodOf(Method.Of(buffer));
        var fault = ReadTarget(buffer);
        if (fault != HeadFault.None) return Refuse(fault);
        RequestLine = new Slice(start, end - start - 2);
        LineStart = end;
        _hasRequestLine = true;
        return ReadStatus.Done;
    }

    /// <summary>Done when a byte stands at the line's start that can begin a method; anything that cannot is refused without waiting for the rest.</summary>
    private ReadStatus SkipBlankLines(ReadOnlySpan<byte> buffer)
    {
        while (LineStart < buffer.Length)
        {
            var first = buffer[LineStart];
            if (ByteClass.IsToken(first)) return ReadStatus.Done;
            if (first == '\n') return Refuse(HeadFault.BareLineFeed);
            if (first != '\r') return Refuse(HeadFault.MethodCharacter);
            if (LineStart + 1 == buffer.Length) return ReadStatus.NeedMore;
            if (buffer[LineStart + 1] != '\n') return Refuse(HeadFault.BareCarriageReturn);
            if (++_blankLines > MaxBlankLines) return Refuse(HeadFault.TooManyBlankLines);
            LineStart += 2;
        }
        return ReadStatus.NeedMore;
    }

    /// <summary>Splits a good and complete request line; false for every other.</summary>
    private bool TrySplitRequestLine(ReadOnlySpan<byte> buffer, int start, out int end)
    {
        end = 0;
        var at = start;
        while ((uint)at < (uint)buffer.Length && ByteClass.IsToken(buffer[at])) at++;
        if ((uint)at >= (uint)buffer.Length || buffer[at] != ' ') return false;
        Method = new Slice(start, at - start);
        var target = buffer[(at + 1)..];
        var length = target.IndexOfAnyExcept(ByteClass.Target);
        if (length <= 0) return false;
        Target = new Slice(at + 1, length);
        var rest = target[length..];
        if (rest.Length < 11 || !rest.StartsWith(" HTTP/1."u8) || (uint)(rest[8] - '0') > 9 || rest[9] != '\r' || rest[10] != '\n') return false;
        MinorVersion = rest[8] == '0' ? 0 : 1;
        end = Target.End + 11;
        return true;
    }

    private static KnownMethod MethodOf(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 => method.SequenceEqual("GET"u8) ? KnownMethod.Get : method.SequenceEqual("PUT"u8) ? KnownMethod.Put : KnownMethod.Other,
        4 => method.SequenceEqual("POST"u8) ? KnownMethod.Post : method.SequenceEqual("HEAD"u8) ? KnownMethod.Head : KnownMethod.Other,
        5 => method.SequenceEqual("PATCH"u8) ? KnownMethod.Patch : method.SequenceEqual("TRACE"u8) ? KnownMethod.Trace : KnownMethod.Other,
        6 => method.SequenceEqual("DELETE"u8) ? KnownMethod.Delete : KnownMethod.Other,
        7 => method.SequenceEqual("CONNECT"u8) ? KnownMethod.Connect : method.SequenceEqual("OPTIONS"u8) ? KnownMethod.Options : KnownMethod.Other,
        _ => KnownMethod.Other,
    };
}
