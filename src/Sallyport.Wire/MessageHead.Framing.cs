using System.Text;

namespace Sallyport.Wire;

public abstract partial class MessageHead
{
    private long _contentLength;

    /// <summary>The framing that the fields tell, before method and status have their say.</summary>
    private protected BodyFraming FieldFraming(BodyKind otherwise) =>
        Has(KnownField.TransferEncoding) ? new BodyFraming(BodyKind.Chunked, 0)
        : Has(KnownField.ContentLength) ? new BodyFraming(BodyKind.Counted, _contentLength)
        : new BodyFraming(otherwise, 0);

    /// <summary>RFC 9110 section 8.6 lets equal repetitions be taken as one; here they are a fault, because the next server may not take them so.</summary>
    private HeadFault NoteContentLength(ReadOnlySpan<byte> value, bool isRepeated)
    {
        if (isRepeated) return HeadFault.ContentLengthTwice;
        return DecimalDigits.TryRead(value, out _contentLength) ? HeadFault.None : HeadFault.ContentLengthMalformed;
    }

    private static HeadFault NoteTransferEncoding(ReadOnlySpan<byte> value, bool isRepeated)
    {
        if (isRepeated) return HeadFault.TransferEncodingTwice;
        return Ascii.EqualsIgnoreCase(value, "chunked"u8) ? HeadFault.None : FaultOfCodings(value);
    }

    /// <summary>Which fault a Transfer-Encoding other than plain "chunked" has (RFC 9112 sections 6.1 and 6.3).</summary>
    private static HeadFault FaultOfCodings(ReadOnlySpan<byte> value)
    {
        int chunked = 0;
        var isLast = false;
        foreach (var range in value.Split((byte)','))
        {
            var coding = value[range].Trim(" \t"u8);
            if (!ByteClass.IsTokenRun(coding)) return HeadFault.TransferEncodingMalformed;
            isLast = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
            if (isLast) chunked++;
        }
        if (chunked > 1) return HeadFault.ChunkedTwice;
        return isLast ? HeadFault.TransferCodingUnknown : HeadFault.ChunkedNotFinal;
    }

    private HeadFault FramingFault()
    {
        if (!Has(KnownField.TransferEncoding)) return HeadFault.None;
        if (Has(KnownField.ContentLength)) return HeadFault.ContentLengthWithTransferEncoding;
        return MinorVersion == 0 ? HeadFault.TransferEncodingInHttp10 : HeadFault.None;
    }
}
