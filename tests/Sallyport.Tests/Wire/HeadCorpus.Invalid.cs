using Sallyport.Wire;

namespace Sallyport.Tests.Wire;

public static partial class HeadCorpus
{
    public static IEnumerable<HeadCase> InvalidRequests => [.. InvalidRequestLines, .. InvalidTargets, .. InvalidFields, .. InvalidHosts, .. InvalidFraming];

    private static IEnumerable<HeadCase> InvalidRequestLines =>
    [
        new("five blank lines first", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.TooManyBlankLines),
        new("LF first", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.BareLineFeed),
        new("CR first", "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.BareCarriageReturn),
        new("blank first", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.MethodCharacter),
        new("TLS", "\u0016\u0003\u0001\u0000\u00c8", HeadFault.MethodCharacter),
        new("SOCKS", "\u0005\u0001\u0000", HeadFault.MethodCharacter),
        new("SSH", "SSH-2.0-OpenSSH_9.9\r\n", HeadFault.RequestLineMalformed),
        new("SMTP", "HELO x\r\n", HeadFault.VersionMissing),
        new("an answer", "HTTP/1.1 200 OK\r\nHost: a\r\n\r\n", HeadFault.MethodCharacter),
        new("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HeadFault.VersionNotSupported),
        new("LF lines", "GET / HTTP/1.1\nHost: a\n\n", HeadFault.BareLineFeed),
        new("CR lines", "GET / HTTP/1.1\rHost: a\r\r\n", HeadFault.BareCarriageReturn),
        new("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.RequestLineMalformed),
        new("space behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", HeadFault.RequestLineMalformed),
        new("tab between", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.MethodCharacter),
        new("space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.RequestLineMalformed),
        new("no version", "GET /\r\n\r\n", HeadFault.VersionMissing),
        new("lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", HeadFault.VersionMalformed),
        new("long version", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", HeadFault.VersionMalformed),
        new("version with zeros", "GET / HTTP/01.1\r\nHost: a\r\n\r\n", HeadFault.VersionMalformed),
        new("version with comma", "GET / HTTP/1,1\r\nHost: a\r\n\r\n", HeadFault.VersionMalformed),
        new("version past ASCII", "GET / HTTP/1.\u00ef\u00bc\u0091\r\nHost: a\r\n\r\n", HeadFault.VersionMalformed),
        new("HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", HeadFault.VersionNotSupported),
        new("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", HeadFault.VersionNotSupported),
        new("parenthesis in the method", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.MethodCharacter),
        new("NUL in the method", "G\0T / HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.MethodCharacter),
        new("method past ASCII", "G\u00c9T / HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.MethodCharacter),
        new("method of 65 bytes", $"{new string('A', 65)} / HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.MethodTooLong),
        new("target past the limit", $"GET /{new string('a', 16384)} HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.TargetTooLong),
        new("target far past the limit", $"GET /{new string('a', 70000)} HTTP/1.1\r\nHost: a\r\n\r\n", HeadFault.TargetTooLong),
        new("a target that never ends", $"GET /{new string('a', 20000)}", HeadFault.TargetTooLong),
    ];

    private static IEnumerable<HeadCase> InvalidTargets =>
    [
        TargetCase("NUL", "/a\0b", HeadFault.TargetCharacter),
        TargetCase("DEL", "/a\u007fb", HeadFault.TargetCharacter),
        TargetCase("ESC", "/a\u001b[31m", HeadFault.TargetCharacter),
        TargetCase("tab", "/a\tb", HeadFault.TargetCharacter),
        TargetCase("past ASCII", "/\u00c3\u00a9", HeadFault.TargetCharacter),
        TargetCase("CR in the target", "/a\rb", HeadFault.BareCarriageReturn),
        TargetCase("LF in the target", "/a\nb", HeadFault.BareLineFeed),
        TargetCase("fragment", "/a#b", HeadFault.TargetFragment),
        TargetCase("relative", "a/b", HeadFault.TargetForm),
        TargetCase("no scheme", "://a/b", HeadFault.TargetForm),
        TargetCase("encoded colon", "http%3A//a/b", HeadFault.TargetForm),
        TargetCase("data URI", "data:text/plain,x", HeadFault.TargetForm),
        TargetCase("authority without CONNECT", "a.test:80", HeadFault.TargetForm),
        TargetCase("asterisk for GET", "*", HeadFault.AsteriskWithoutOptions),
        TargetCase("https", "https://a.test/", HeadFault.SchemeHttps),
        TargetCase("ftp", "ftp://a.test/", HeadFault.SchemeUnknown),
        TargetCase("ws", "ws://a.test/", HeadFault.SchemeUnknown),
        TargetCase("no authority", "http:///x", HeadFault.TargetAuthority),
        TargetCase("nothing behind the scheme", "http://", HeadFault.TargetAuthority),
        TargetCase("user", "http://u:p@a.test/", HeadFault.TargetUserInfo),
        TargetCase("empty user", "http://@a.test/", HeadFault.TargetUserInfo),
        TargetCase("backslash and at", "http://a.test\\@b.test/", HeadFault.TargetUserInfo),
        TargetCase("port 65536", "http://a.test:65536/", HeadFault.TargetAuthority),
        TargetCase("short IPv4", "http://127.1/", HeadFault.TargetAuthority),
        new("CONNECT without port", "CONNECT a.test HTTP/1.1\r\nHost: a.test\r\n\r\n", HeadFault.ConnectTarget),
        new("CONNECT with a URI", "CONNECT http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n", HeadFault.ConnectTarget),
        new("CONNECT with user", "CONNECT u@a.test:1 HTTP/1.1\r\nHost: a.test\r\n\r\n", HeadFault.ConnectTarget),
    ];

    private static IEnumerable<HeadCase> InvalidFields =>
    [
        new("first field indented", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", HeadFault.FirstFieldIndented),
        Field("folded", "X-A: a\r\n b", HeadFault.FieldFolded),
        Field("folded with a tab", "X-A: a\r\n\tb", HeadFault.FieldFolded),
        Field("folded to nothing", "X-A: a\r\n \r\nX-B: c", HeadFault.FieldFolded),
        Field("space before colon", "X-A : v", HeadFault.SpaceBeforeColon),
        Field("tab before colon", "Content-Length\t: 5", HeadFault.SpaceBeforeColon),
        Field("no colon", "nocolon", HeadFault.FieldWithoutColon),
        Field("empty name", ": v", HeadFault.FieldNameEmpty),
        Field("space in a name", "X A: v", HeadFault.FieldNameCharacter),
        Field("comma in a name", "X,A: v", HeadFault.FieldNameCharacter),
        Field("brace in a name", "X{A: v", HeadFault.FieldNameCharacter),
        Field("VT behind a name", "Transfer-Encoding\v: chunked", HeadFault.FieldNameCharacter),
        Field("name past ASCII", "X-\u00e9: v", HeadFault.FieldNameCharacter),
        Field("NUL in a value", "X-A: a\0b", HeadFault.FieldValueCharacter),
        Field("BS in a value", "X-A: a\bb", HeadFault.FieldValueCharacter),
        Field("DEL in a value", "X-A: a\u007fb", HeadFault.FieldValueCharacter),
        Field("CR in a value", "X-A: a\rX-B: c", HeadFault.BareCarriageReturn),
        Field("CR at the end of a value", "X-A: a\r", HeadFault.BareCarriageReturn),
        Field("LF in a value", "X-A: a\nX-B: c", HeadFault.BareLineFeed),
        new("LF for the blank line", "GET / HTTP/1.1\r\nHost: a\r\n\n", HeadFault.BareLineFeed),
        new("CR for the blank line", "GET / HTTP/1.1\r\nHost: a\r\n\rX\r\n", HeadFault.BareCarriageReturn),
        Field("value past the limit", $"X-A: {new string('a', 16380)}", HeadFault.FieldTooLong),
        Field("name past the limit", $"{new string('X', 20000)}: a", HeadFault.FieldTooLong),
        new("a field that never ends", $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('a', 20000)}", HeadFault.FieldTooLong),
        Field("101 fields", Repeat("X: y\r\n", 99) + "X: y", HeadFault.TooManyFields),
        Field("head past the limit", Repeat($"X: {new string('y', 8000)}\r\n", 8) + $"X: {new string('y', 8000)}", HeadFault.HeadTooLong),
        Field("65 Connection options", "Connection: " + Repeat("a,", 64) + "a", HeadFault.TooManyConnectionOptions),
        Field("another expectation", "Expect: 200-ok", HeadFault.ExpectationUnknown),
        Field("a spoiled expectation", "Expect: y 100-continue", HeadFault.ExpectationUnknown),
    ];

    private static IEnumerable<HeadCase> InvalidHosts =>
    [
        new("no Host", "GET http://a.test/ HTTP/1.1\r\n\r\n", HeadFault.HostMissing),
        new("no Host for CONNECT", "CONNECT a.test:443 HTTP/1.1\r\nX: y\r\n\r\n", HeadFault.HostMissing),
        Field("two Hosts", "Host: a", HeadFault.HostTwice),
        Field("two Hosts in another case", "HOST: b", HeadFault.HostTwice),
        new("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", HeadFault.HostMalformed),
        new("list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", HeadFault.HostMalformed),
        new("URI", "GET / HTTP/1.1\r\nHost: http://a\r\n\r\n", HeadFault.HostMalformed),
        new("user in Host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", HeadFault.HostMalformed),
        new("Host past ASCII", "GET / HTTP/1.1\r\nHost: \u00e2\u0080\u00a8a\r\n\r\n", HeadFault.HostMalformed),
        new("bad Host beside a good target", "GET http://a.test/ HTTP/1.1\r\nHost: a.test:0\r\n\r\n", HeadFault.HostMalformed),
    ];

    private static IEnumerable<HeadCase> InvalidFraming =>
    [
        .. new[] { "+5", "-5", "-0", "0_5", "5 5", "5abc", "5.0", "5e0", "", "\"5\"", "5;5", "5-", "(5)", "0,005", "$5", ",5", "5, 5", "0x5", "\u00d9\u00a5", "5\u0085", "\u00a05", "9223372036854775813", "1000000000000000000" }
            .Select(v => Field($"Content-Length '{v}'", $"Content-Length: {v}", HeadFault.ContentLengthMalformed)),
        Field("Content-Length with NUL", "Content-Length: 5\0", HeadFault.FieldValueCharacter),
        Field("Content-Length with VT", "Content-Length: \v5", HeadFault.FieldValueCharacter),
        Field("two lengths", "Content-Length: 5\r\nContent-Length: 6", HeadFault.ContentLengthTwice),
        Field("two equal lengths", "content-length: 5\r\nCONTENT-LENGTH: 5", HeadFault.ContentLengthTwice),
        Field("length and coding", "Content-Length: 5\r\nTransfer-Encoding: chunked", HeadFault.ContentLengthWithTransferEncoding),
        Field("coding and length", "Transfer-Encoding: chunked\r\nContent-Length: 0", HeadFault.ContentLengthWithTransferEncoding),
        Field("length and coding, nominated", "Connection: Content-Length\r\nTransfer-Encoding: chunked\r\nContent-Length: 0", HeadFault.ContentLengthWithTransferEncoding),
        .. new[] { "", ",chunked", "chunked,", "'chunked' x", "\"chunked\"", "chunked\u00a0", "chunked\u0085", "\u00ffchunked", "chunked;q=1", "chu nked", "=?UTF-8?B?Y2h1bmtlZA==?=" }
            .Select(v => Field($"Transfer-Encoding '{v}'", $"Transfer-Encoding: {v}", HeadFault.TransferEncodingMalformed)),
        .. new[] { "chunkedx", "chunk", "blegh", "identity", "gzip", "chunked, x", "'chunked'" }
            .Select(v => Field($"Transfer-Encoding '{v}'", $"Transfer-Encoding: {v}", HeadFault.ChunkedNotFinal)),
        Field("coding before chunked", "Transfer-Encoding: gzip, chunked", HeadFault.TransferCodingUnknown),
        Field("identity before chunked", "Transfer-Encoding: identity, chunked", HeadFault.TransferCodingUnknown),
        Field("chunked twice", "Transfer-Encoding: chunked, chunked", HeadFault.ChunkedTwice),
        Field("two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", HeadFault.TransferEncodingTwice),
        Field("coding with FF", "Transfer-Encoding: \fchunked", HeadFault.FieldValueCharacter),
        new("coding in HTTP/1.0", "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HeadFault.TransferEncodingInHttp10),
        new("CONNECT with a length", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nContent-Length: 0\r\n\r\n", HeadFault.ContentInConnect),
        new("CONNECT with a coding", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nTransfer-Encoding: chunked\r\n\r\n", HeadFault.ContentInConnect),
    ];
}
