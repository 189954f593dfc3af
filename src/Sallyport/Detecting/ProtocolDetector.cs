namespace Sallyport.Detecting;

/// <summary>Tells the protocol of a connection from its first bytes (the patent's header acquisition, 21, before there is a header). Pure.</summary>
public static class ProtocolDetector
{
    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0\r\n"u8;

    /// <summary>What the bytes begin. At most 16 are needed.</summary>
    public static Detection Detect(ReadOnlySpan<byte> first)
    {
        if (first.IsEmpty) return Detection.NeedMore;
        switch (first[0])
        {
            case 0x16:
                return Detection.Tls;
            case 0x04 or 0x05:
                return Detection.Socks;
            case (byte)'P':
                var common = Math.Min(first.Length, Http2Preface.Length);
                if (!first[..common].SequenceEqual(Http2Preface[..common])) return Detection.Http1;
                return common < Http2Preface.Length ? Detection.NeedMore : Detection.Http2;
            default:
                return Detection.Http1;
        }
    }
}
