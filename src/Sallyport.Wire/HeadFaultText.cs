namespace Sallyport.Wire;

/// <summary>Faults in words, and the status that answers a request which has them.</summary>
public static class HeadFaultText
{
    /// <summary>A noun phrase for people, such as "a blank before the colon of a field name"; it quotes nothing of the message.</summary>
    public static string For(HeadFault fault) => fault switch
    {
        HeadFault.None => "nothing is wrong",
        HeadFault.BareLineFeed => "a line that ends in a line feed without a carriage return",
        HeadFault.BareCarriageReturn => "a carriage return without a line feed behind it",
        HeadFault.TooManyBlankLines => "more than four blank lines before the request line",
        HeadFault.HeadTooLong => "a head longer than the limit",
        HeadFault.FieldTooLong => "a field line longer than the limit",
        HeadFault.TooManyFields => "more fields than the limit",
        HeadFault.RequestLineMalformed => "a request line that is not a method, a target and a version with one space between each",
        HeadFault.MethodCharacter => "a method with a character that no method may have",
        HeadFault.MethodTooLong => "a method of more than 64 bytes",
        HeadFault.TargetCharacter => "a request target with a character other than visible ASCII",
        HeadFault.TargetFragment => "a request target with a fragment (#)",
        HeadFault.TargetTooLong => "a request target longer than the limit",
        HeadFault.TargetForm => "a request target that is neither a path, nor an http:// URI, nor * for OPTIONS",
        HeadFault.AsteriskWithoutOptions => "the request target * with a method other than OPTIONS",
        HeadFault.SchemeHttps => "an https:// URI as the request target; use CONNECT",
        HeadFault.SchemeUnknown => "a request target with a scheme other than http",
        HeadFault.TargetUserInfo => "user information (@) in the request target",
        HeadFault.TargetAuthority => "a host or port in the request target that is none",
        HeadFault.ConnectTarget => "a CONNECT target that is not host:port",
        HeadFault.VersionMissing => "a request line without an HTTP version",
        HeadFault.VersionMalformed => "a version that is not HTTP/ and two digits with a dot between them",
        HeadFault.VersionNotSupported => "a version other than HTTP/1.0 and HTTP/1.1",
        HeadFault.StatusLineMalformed => "a status line that is not a version, three digits and a reason with one space between each",
        HeadFault.StatusCode => "a status code below 100",
        HeadFault.ReasonCharacter => "a reason phrase with a control character",
        HeadFault.FirstFieldIndented => "a blank before the first field",
        HeadFault.FieldFolded => "a field that is continued on a second line",
        HeadFault.FieldWithoutColon => "a field line without a colon",
        HeadFault.FieldNameEmpty => "a field without a name",
        HeadFault.FieldNameCharacter => "a field name with a character that no name may have",
        HeadFault.SpaceBeforeColon => "a blank before the colon of a field name",
        HeadFault.FieldValueCharacter => "a field value with a control character",
        HeadFault.TooManyConnectionOptions => "more than 64 options in Connection",
        HeadFault.ExpectationUnknown => "an expectation other than 100-continue",
        HeadFault.HostMissing => "an HTTP/1.1 request without Host",
        HeadFault.HostTwice => "more than one Host",
        HeadFault.HostMalformed => "a Host that is not a host, or a host and a port",
        HeadFault.ContentLengthMalformed => "a Content-Length that is not one number of at most 18 plain digits",
        HeadFault.ContentLengthTwice => "more than one Content-Length",
        HeadFault.ContentLengthWithTransferEncoding => "both Content-Length and Transfer-Encoding",
        HeadFault.TransferEncodingMalformed => "a Transfer-Encoding that is not a list of codings",
        HeadFault.TransferEncodingTwice => "more than one Transfer-Encoding",
        HeadFault.TransferCodingUnknown => "a transfer coding other than chunked",
        HeadFault.ChunkedNotFinal => "a Transfer-Encoding whose last coding is not chunked",
        HeadFault.ChunkedTwice => "a Transfer-Encoding with chunked more than once",
        HeadFault.TransferEncodingInHttp10 => "Transfer-Encoding in an HTTP/1.0 message",
        HeadFault.ContentInConnect => "a CONNECT with Content-Length or Transfer-Encoding",
        HeadFault.ChunkSizeMalformed => "a chunk size that is not hexadecimal digits",
        HeadFault.ChunkSizeTooLarge => "a chunk size of more than 16 digits or past the largest number",
        HeadFault.ChunkExtensionMalformed => "a chunk extension that does not follow the grammar",
        HeadFault.ChunkExtensionsTooLong => "chunk extensions of more than 4 KiB in one message",
        HeadFault.ChunkEndMissing => "chunk data that does not end in a carriage return and a line feed",
        HeadFault.TrailersTooLong => "a trailer section of more than 8 KiB",
        HeadFault.TooManyTrailers => "more than 32 trailer fields",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "not a fault"),
    };

    /// <summary>The status for a request with this fault: 414, 417, 431, 501 or 505 where one of them says it, else 400. An answer with any fault makes the relay's own 502.</summary>
    public static ushort StatusFor(HeadFault fault) => fault switch
    {
        HeadFault.TargetTooLong => 414,
        HeadFault.ExpectationUnknown => 417,
        HeadFault.HeadTooLong or HeadFault.FieldTooLong or HeadFault.TooManyFields or HeadFault.TrailersTooLong or HeadFault.TooManyTrailers => 431,
        HeadFault.MethodTooLong or HeadFault.SchemeHttps or HeadFault.SchemeUnknown or HeadFault.TransferCodingUnknown => 501,
        HeadFault.VersionNotSupported => 505,
        _ => 400,
    };
}
