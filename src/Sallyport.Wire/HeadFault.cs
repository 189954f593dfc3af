namespace Sallyport.Wire;

/// <summary>What is wrong with a head or a body: one member for each distinct fault. <see cref="HeadFaultText"/> has words and a status for each.</summary>
public enum HeadFault : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>A line ends in LF without CR (RFC 9112 section 2.2 lets a recipient take it; we do not).</summary>
    BareLineFeed,

    /// <summary>A CR without an LF behind it.</summary>
    BareCarriageReturn,

    /// <summary>More than four blank lines before the request line.</summary>
    TooManyBlankLines,

    /// <summary>The head passes the limit.</summary>
    HeadTooLong,

    /// <summary>A field line passes the limit.</summary>
    FieldTooLong,

    /// <summary>There are more fields than the limit.</summary>
    TooManyFields,

    /// <summary>Not method, target and version with one space between each (RFC 9112 section 3).</summary>
    RequestLineMalformed,

    /// <summary>A byte in the method that no token may have.</summary>
    MethodCharacter,

    /// <summary>A method of more than 64 bytes.</summary>
    MethodTooLong,

    /// <summary>A control, a blank, or a byte past ASCII in the target.</summary>
    TargetCharacter,

    /// <summary>A fragment in the target, which is never sent (RFC 9110 section 7.1).</summary>
    TargetFragment,

    /// <summary>The target passes the limit.</summary>
    TargetTooLong,

    /// <summary>A target in none of the forms of RFC 9112 section 3.2.</summary>
    TargetForm,

    /// <summary>The target <c>*</c> with another method than OPTIONS.</summary>
    AsteriskWithoutOptions,

    /// <summary>An https URI as the target: it would be fetched in the clear. CONNECT is the way.</summary>
    SchemeHttps,

    /// <summary>A URI with another scheme than http.</summary>
    SchemeUnknown,

    /// <summary>User information in the target's authority (RFC 9110 section 4.2.4).</summary>
    TargetUserInfo,

    /// <summary>A host or port in the target that is none.</summary>
    TargetAuthority,

    /// <summary>A CONNECT target that is not host:port (RFC 9112 section 3.2.3).</summary>
    ConnectTarget,

    /// <summary>No version: HTTP/0.9 (RFC 9112 section 3).</summary>
    VersionMissing,

    /// <summary>A version that is not HTTP/DIGIT.DIGIT.</summary>
    VersionMalformed,

    /// <summary>A version other than HTTP/1.x.</summary>
    VersionNotSupported,

    /// <summary>Not version, three digits and a reason with one space between each (RFC 9112 section 4).</summary>
    StatusLineMalformed,

    /// <summary>A status code below 100.</summary>
    StatusCode,

    /// <summary>A control in the reason phrase.</summary>
    ReasonCharacter,

    /// <summary>A blank before the first field (RFC 9112 section 2.2).</summary>
    FirstFieldIndented,

    /// <summary>A field continued on a second line (RFC 9112 section 5.2).</summary>
    FieldFolded,

    /// <summary>A field line without a colon.</summary>
    FieldWithoutColon,

    /// <summary>A field line that begins with its colon.</summary>
    FieldNameEmpty,

    /// <summary>A byte in a field's name that no token may have.</summary>
    FieldNameCharacter,

    /// <summary>A blank between a field's name and its colon (RFC 9112 section 5.1).</summary>
    SpaceBeforeColon,

    /// <summary>A control in a field's value (RFC 9110 section 5.5).</summary>
    FieldValueCharacter,

    /// <summary>Connection lists more than 64 options.</summary>
    TooManyConnectionOptions,

    /// <summary>An expectation other than 100-continue (RFC 9110 section 10.1.1).</summary>
    ExpectationUnknown,

    /// <summary>HTTP/1.1 without Host (RFC 9112 section 3.2).</summary>
    HostMissing,

    /// <summary>More than one Host.</summary>
    HostTwice,

    /// <summary>A Host that is not host or host:port.</summary>
    HostMalformed,

    /// <summary>A Content-Length that is not one number in plain digits (RFC 9110 section 8.6).</summary>
    ContentLengthMalformed,

    /// <summary>More than one Content-Length, equal or not.</summary>
    ContentLengthTwice,

    /// <summary>Content-Length beside Transfer-Encoding (RFC 9112 section 6.1).</summary>
    ContentLengthWithTransferEncoding,

    /// <summary>A Transfer-Encoding that is not a list of codings.</summary>
    TransferEncodingMalformed,

    /// <summary>More than one Transfer-Encoding field.</summary>
    TransferEncodingTwice,

    /// <summary>A coding before chunked: this end knows chunked only.</summary>
    TransferCodingUnknown,

    /// <summary>A Transfer-Encoding whose last coding is not chunked (RFC 9112 section 6.3).</summary>
    ChunkedNotFinal,

    /// <summary>Chunked applied more than once (RFC 9112 section 6.1).</summary>
    ChunkedTwice,

    /// <summary>Transfer-Encoding in an HTTP/1.0 message (RFC 9112 section 6.1).</summary>
    TransferEncodingInHttp10,

    /// <summary>CONNECT with Content-Length or Transfer-Encoding: its content has no meaning (RFC 9110 section 9.3.6).</summary>
    ContentInConnect,

    /// <summary>A chunk that does not begin with hexadecimal digits and CRLF (RFC 9112 section 7.1).</summary>
    ChunkSizeMalformed,

    /// <summary>A chunk size of more than 16 digits, or sizes whose sum passes 2^63.</summary>
    ChunkSizeTooLarge,

    /// <summary>A chunk extension outside the grammar (RFC 9112 section 7.1.1).</summary>
    ChunkExtensionMalformed,

    /// <summary>Chunk extensions of more than 4 KiB in one message.</summary>
    ChunkExtensionsTooLong,

    /// <summary>Chunk data that does not end in CRLF.</summary>
    ChunkEndMissing,

    /// <summary>A trailer section of more than 8 KiB.</summary>
    TrailersTooLong,

    /// <summary>More than 32 trailer fields.</summary>
    TooManyTrailers,
}
