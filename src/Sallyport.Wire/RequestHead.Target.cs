using System.Text;

namespace Sallyport.Wire;

public sealed partial class RequestHead
{
    private const int HttpPrefixLength = 7;

    /// <summary>The request target as written.</summary>
    public Slice Target { get; private set; }

    /// <summary>Which form the target has.</summary>
    public TargetForm Form { get; private set; }

    /// <summary>The authority of an absolute-form or authority-form target as written; empty for the other forms.</summary>
    public Slice Authority { get; private set; }

    /// <summary>The authority of the target, read; of kind <see cref="HostKind.None"/> if it has none. CONNECT's always has a port.</summary>
    public Authority TargetAuthority { get; private set; }

    /// <summary>
    /// Path and query as written, byte for byte (RFC 9110 section 7.7). Of an absolute-form target it may be empty, or begin with its query; empty for
    /// the authority and asterisk forms too. <see cref="WriteOriginForm"/> puts in what is missing.
    /// </summary>
    public Slice PathAndQuery { get; private set; }

    /// <summary>Writes the target as a server is to see it: path and query, with the <c>/</c> that an empty path stands for, or <c>*</c> for OPTIONS without path and query (RFC 9112 sections 3.2.1 and 3.2.4).</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="buffer">The buffer that was read.</param>
    public void WriteOriginForm(ref HeadWriter writer, ReadOnlySpan<byte> buffer)
    {
        if (PathAndQuery.IsEmpty)
        {
            writer.Write(KnownMethod == KnownMethod.Options ? "*"u8 : "/"u8);
            return;
        }
        if (buffer[PathAndQuery.Start] != '/') writer.Write("/"u8);
        writer.Write(PathAndQuery.Of(buffer));
    }

    private HeadFault ReadTarget(ReadOnlySpan<byte> buffer)
    {
        var target = Target.Of(buffer);
        if (KnownMethod == KnownMethod.Connect) return ReadConnectTarget(target);
        if (target[0] == '/')
        {
            Form = TargetForm.Origin;
            PathAndQuery = Target;
            return HeadFault.None;
        }
        if (target.Length == 1 && target[0] == '*')
        {
            Form = TargetForm.Asterisk;
            return KnownMethod == KnownMethod.Options ? HeadFault.None : HeadFault.AsteriskWithoutOptions;
        }
        return target.Length > HttpPrefixLength && Ascii.EqualsIgnoreCase(target[..HttpPrefixLength], "http://"u8) ? ReadAbsoluteTarget(target) : FaultOfScheme(target);
    }

    private HeadFault ReadAbsoluteTarget(ReadOnlySpan<byte> target)
    {
        Form = TargetForm.Absolute;
        var length = target[HttpPrefixLength..].IndexOfAny((byte)'/', (byte)'?');
        var end = length < 0 ? target.Length : HttpPrefixLength + length;
        Authority = new Slice(Target.Start + HttpPrefixLength, end - HttpPrefixLength);
        PathAndQuery = new Slice(Target.Start + end, target.Length - end);
        return ReadAuthority(target[HttpPrefixLength..end]) ? HeadFault.None
            : target[..end].Contains((byte)'@') ? HeadFault.TargetUserInfo : HeadFault.TargetAuthority;
    }

    private HeadFault ReadConnectTarget(ReadOnlySpan<byte> target)
    {
        Form = TargetForm.Authority;
        Authority = Target;
        return ReadAuthority(target) && TargetAuthority.Port != 0 ? HeadFault.None : HeadFault.ConnectTarget;
    }

    private bool ReadAuthority(ReadOnlySpan<byte> text)
    {
        if (!Wire.Authority.TryRead(text, Authority.Start, out var authority)) return false;
        TargetAuthority = authority;
        return true;
    }

    private static HeadFault FaultOfScheme(ReadOnlySpan<byte> target)
    {
        var colon = target.IndexOf("://"u8);
        if (colon <= 0 || !ByteClass.IsTokenRun(target[..colon]) || !char.IsAsciiLetter((char)target[0])) return HeadFault.TargetForm;
        if (Ascii.EqualsIgnoreCase(target[..colon], "https"u8)) return HeadFault.SchemeHttps;
        return Ascii.EqualsIgnoreCase(target[..colon], "http"u8) ? HeadFault.TargetAuthority : HeadFault.SchemeUnknown;
    }

    private protected override HeadFault NoteRequestField(in HeadField field, int index, ReadOnlySpan<byte> buffer, bool isRepeated)
    {
        var value = field.Value.Of(buffer);
        if (field.Known == KnownField.Expect)
        {
            _expectsContinue = Ascii.EqualsIgnoreCase(value, "100-continue"u8);
            return _expectsContinue ? HeadFault.None : HeadFault.ExpectationUnknown;
        }
        if (isRepeated) return HeadFault.HostTwice;
        HostIndex = index;
        HostValue = field.Value;
        if (TargetAuthority.Kind != HostKind.None && value.SequenceEqual(Authority.Of(buffer)))
        {
            // The usual case, and read once already.
            HostAuthority = TargetAuthority.MovedBy(field.Value.Start - Authority.Start);
            return HeadFault.None;
        }
        if (!Wire.Authority.TryRead(value, field.Value.Start, out var authority)) return HeadFault.HostMalformed;
        HostAuthority = authority;
        return HeadFault.None;
    }

    private protected override HeadFault Settle(ReadOnlySpan<byte> buffer)
    {
        if (!HasHost && MinorVersion > 0) return HeadFault.HostMissing;
        Framing = FieldFraming(BodyKind.None);
        return KnownMethod == KnownMethod.Connect && Framing.Kind != BodyKind.None ? HeadFault.ContentInConnect : HeadFault.None;
    }
}
