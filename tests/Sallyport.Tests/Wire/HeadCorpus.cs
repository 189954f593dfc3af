using Sallyport.Wire;

namespace Sallyport.Tests.Wire;

/// <summary>The one corpus of heads: valid, incomplete and invalid, requests and answers. Tests of the readers, of splits and of mutations all draw from it.</summary>
public static partial class HeadCorpus
{
    public static IEnumerable<HeadCase> ValidRequests =>
    [
        new("absolute form", "GET http://a.test/x HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        new("patent form", "GET http://www.def.co.jp:81/index.html HTTP/1.0\r\nHost: proxy.abc.co.jp:8080\r\n\r\n"),
        new("origin form", "GET /x?y=z HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        new("CONNECT", "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n"),
        new("CONNECT to IPv6", "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n"),
        new("CONNECT in HTTP/1.0 without Host", "CONNECT www.xyz.com:443 HTTP/1.0\r\n\r\n"),
        new("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        new("no path", "GET http://a.test HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        new("query without path", "GET http://a.test?q=1 HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        new("upper-case scheme", "GET HTTP://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        new("HTTP/1.0 without Host", "GET http://a.test/ HTTP/1.0\r\n\r\n"),
        new("HTTP/1.2 counts as 1.1", "GET http://a.test/ HTTP/1.2\r\nHost: a.test\r\n\r\n"),
        new("one blank line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        new("four blank lines first", "\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        new("counted body", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        new("no blank after the colon", "POST /x HTTP/1.1\r\nHost:a\r\nContent-Length:5\r\n\r\nhello"),
        new("length zero", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        new("length with leading zeros", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 00000000000000000000005\r\n\r\n"),
        new("chunked body", "POST /x HTTP/1.1\r\nHost: a\r\ntRANSFER-eNCODING: ChUnKeD\r\n\r\n0\r\n\r\n"),
        new("blanks around a value", "GET / HTTP/1.1\r\nHost: \t a \t\r\nX-A:\t  v  \t\r\n\r\n"),
        new("empty value", "GET / HTTP/1.1\r\nHost: a\r\nX-A:\r\nX-B: \r\n\r\n"),
        new("bytes past ASCII in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: caf\u00e9\r\n\r\n"),
        new("every token character in a name", "GET / HTTP/1.1\r\nHost: a\r\nX!#$%&'*+-.^`|~9_: v\r\n\r\n"),
        new("every character in a target", "GET /!\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~ HTTP/1.1\r\nHost: a\r\n\r\n"),
        new("two slashes are a path", "GET //a/b HTTP/1.1\r\nHost: a\r\n\r\n"),
        new("dot segments stay", "GET http://a.test/v/../../x%2e%00 HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        new("unknown method", "get /x HTTP/1.1\r\nHost: a\r\n\r\n"),
        new("name of 253 bytes", $"GET http://{Name253}/ HTTP/1.1\r\nHost: {Name253}\r\n\r\n"),
        new("repeated field", "GET / HTTP/1.1\r\nHost: a\r\nX-D: 1\r\nX-E: z\r\nX-D: 2\r\n\r\n"),
        new("request line of 8000 bytes", $"GET /{new string('a', 7990)} HTTP/1.1\r\nHost: a\r\n\r\n"),
        new("100 fields", $"GET / HTTP/1.1\r\nHost: a\r\n{Repeat("X: y\r\n", 99)}\r\n"),
        new("field of 16000 bytes", $"GET / HTTP/1.1\r\nHost: a\r\nCookie: {new string('c', 16000)}\r\n\r\n"),
        new("Connection with odd members", "GET / HTTP/1.1\r\nHost: a\r\nConnection: , close ,, \"x\", ;\r\n\r\n"),
        new("two Expect", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"),
        new("browser", "GET http://www.example.com/a?b=c HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Language: en\r\nAccept-Encoding: gzip, br\r\nReferer: http://www.example.com/\r\nConnection: keep-alive\r\nCookie: a=b; c=d\r\nUpgrade-Insecure-Requests: 1\r\n\r\n"),
    ];

    /// <summary>Prefixes of good requests: nothing may be said about them yet.</summary>
    public static IEnumerable<HeadCase> IncompleteRequests =>
    [
        new("nothing", ""),
        new("half a blank line", "\r"),
        new("blank lines only", "\r\n\r\n"),
        new("half a method", "GE"),
        new("half a target", "GET http://a.te"),
        new("half a version", "GET / HTTP/1."),
        new("CR of the request line", "GET / HTTP/1.1\r"),
        new("no field yet", "GET / HTTP/1.1\r\n"),
        new("half a name", "GET / HTTP/1.1\r\nHo"),
        new("half a value", "GET / HTTP/1.1\r\nHost: a"),
        new("no blank line", "GET / HTTP/1.1\r\nHost: a\r\n"),
        new("CR of the blank line", "GET / HTTP/1.1\r\nHost: a\r\n\r"),
        new("a wrong line that has not ended", "GET / HTTP/1.1\r\nHost : a"),
    ];

    private static string Name253 => $"{new string('a', 63)}.{new string('b', 63)}.{new string('c', 63)}.{new string('d', 61)}";

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    /// <summary>A request that is good but for one field line more.</summary>
    private static HeadCase Field(string name, string lines, HeadFault fault) => new(name, $"POST /x HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n", fault);

    /// <summary>A request that is good but for its target.</summary>
    private static HeadCase TargetCase(string name, string target, HeadFault fault) => new(name, $"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n", fault);
}
