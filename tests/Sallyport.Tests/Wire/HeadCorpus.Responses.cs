using Sallyport.Wire;

namespace Sallyport.Tests.Wire;

public static partial class HeadCorpus
{
    public static IEnumerable<HeadCase> ValidResponses =>
    [
        new("counted", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        new("chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n0\r\n\r\n"),
        new("until close", "HTTP/1.0 200 OK\r\n\r\nhello"),
        new("no reason", "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\n"),
        new("no reason and no space", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n"),
        new("reason past ASCII", "HTTP/1.1 404 Pas trouv\u00e9\r\nContent-Length: 0\r\n\r\n"),
        new("interim", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        new("switching", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
        new("unknown status", "HTTP/1.1 299 Odd\r\nContent-Length: 5\r\n\r\n"),
        new("no content", "HTTP/1.1 204 No Content\r\n\r\n"),
        new("not modified with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
        new("blank before a colon", "HTTP/1.1 200 OK\r\nX-A \t: v\r\nContent-Length : 5\r\n\r\n"),
        new("nominated", "HTTP/1.1 200 OK\r\nConnection: X-Secret\r\nX-Secret: leak\r\nContent-Length: 5\r\n\r\n"),
        new("Host and Expect mean nothing here", "HTTP/1.1 200 OK\r\nHost: ,\r\nHost: ,\r\nExpect: x\r\n\r\n"),
        new("usual", "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Mon, 23 Nov 2026 01:00:00 GMT\r\nContent-Type: text/html\r\nContent-Length: 612\r\nConnection: keep-alive\r\nETag: \"65-264\"\r\nAccept-Ranges: bytes\r\n\r\n"),
    ];

    public static IEnumerable<HeadCase> IncompleteResponses =>
    [
        new("nothing", ""),
        new("half a version", "HTT"),
        new("half a status", "HTTP/1.1 20"),
        new("half a field", "HTTP/1.1 200 OK\r\nContent-Le"),
        new("no blank line", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"),
    ];

    public static IEnumerable<HeadCase> InvalidResponses =>
    [
        new("SSH", "SSH-2.0-OpenSSH_9", HeadFault.StatusLineMalformed),
        new("no HTTP at all", "hello, no status line here", HeadFault.StatusLineMalformed),
        new("blank line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", HeadFault.StatusLineMalformed),
        new("lower case", "http/1.1 200 OK\r\n\r\n", HeadFault.StatusLineMalformed),
        new("no code", "HTTP/1.1 OK\r\nX-A: a\r\n\r\n", HeadFault.StatusLineMalformed),
        new("two digits", "HTTP/1.1 20 OK\r\n\r\n", HeadFault.StatusLineMalformed),
        new("four digits", "HTTP/1.1 2000 OK\r\n\r\n", HeadFault.StatusLineMalformed),
        new("negative", "HTTP/1.1 -200 OK\r\n\r\n", HeadFault.StatusLineMalformed),
        new("two spaces", "HTTP/1.1  200 OK\r\n\r\n", HeadFault.StatusLineMalformed),
        new("tabs", "HTTP/1.1\t200\tOK\r\n\r\n", HeadFault.StatusLineMalformed),
        new("status 000", "HTTP/1.1 000 OK\r\n\r\n", HeadFault.StatusCode),
        new("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", HeadFault.VersionNotSupported),
        new("version with a letter", "HTTP/1.x 200 OK\r\n\r\n", HeadFault.VersionMalformed),
        new("ESC in the reason", "HTTP/1.1 200 \u001b[31m\r\n\r\n", HeadFault.ReasonCharacter),
        new("LF lines", "HTTP/1.1 200 OK\n\n", HeadFault.BareLineFeed),
        new("CR in the status line", "HTTP/1.1 200 O\rK\r\n\r\n", HeadFault.BareCarriageReturn),
        new("status line that never ends", "HTTP/1.1 200 " + new string('a', 20000), HeadFault.FieldTooLong),
        .. new[] { "+5", "5abc", "", "18446744073709551621", "0_5", "\u00a05", "5, 3", "5, 5" }
            .Select(v => Answer($"Content-Length '{v}'", $"Content-Length: {v}", HeadFault.ContentLengthMalformed)),
        Answer("two equal lengths", "Content-Length: 5\r\nContent-Length: 5", HeadFault.ContentLengthTwice),
        Answer("length and coding", "Content-Length: 3\r\nTransfer-Encoding: chunked", HeadFault.ContentLengthWithTransferEncoding),
        Answer("chunked is not last", "Transfer-Encoding: chunked, x", HeadFault.ChunkedNotFinal),
        Answer("NUL", "X-A: a\0b", HeadFault.FieldValueCharacter),
        Answer("CR in a value", "X-A: a\rX-B: b", HeadFault.BareCarriageReturn),
        Answer("LF in a value", "X-A: a\nX-B: b", HeadFault.BareLineFeed),
        Answer("control behind a blank before the colon", "X-A : \u0001", HeadFault.FieldValueCharacter),
        Answer("no name", ": b", HeadFault.FieldNameEmpty),
        Answer("only a blank for a name", "a\r\n : b", HeadFault.FieldWithoutColon),
        Answer("no colon", "nocolon", HeadFault.FieldWithoutColon),
        Answer("space in a name", "X A: b", HeadFault.FieldNameCharacter),
        Answer("space in a name and before the colon", "X A : b", HeadFault.FieldNameCharacter),
        Answer("folded", "X-A: a\r\n b", HeadFault.FieldFolded),
        new("first field indented", "HTTP/1.1 200 OK\r\n X-A: a\r\n\r\n", HeadFault.FirstFieldIndented),
        new("coding in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HeadFault.TransferEncodingInHttp10),
        Answer("a field of 1 MB", $"X-A: {new string('a', 1_000_000)}", HeadFault.FieldTooLong),
    ];

    private static HeadCase Answer(string name, string lines, HeadFault fault) => new(name, $"HTTP/1.1 200 OK\r\n{lines}\r\n\r\n", fault);
}
