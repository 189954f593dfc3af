using Sallyport.Forwarding;
using Sallyport.Options;
using Xunit;

namespace Sallyport.Tests.Forwarding;

public sealed class GzipResponseTests
{
    private const string Gzipped = "HTTP/1.1 200 OK\nContent-Length: 5\nContent-Encoding: gzip";

    [Theory]
    [InlineData(DecodeMode.Never, false, false)]
    [InlineData(DecodeMode.Never, true, false)]
    [InlineData(DecodeMode.WhenNeeded, false, true)]
    [InlineData(DecodeMode.WhenNeeded, true, false)]
    [InlineData(DecodeMode.Always, false, true)]
    [InlineData(DecodeMode.Always, true, true)]
    public void The_rule_and_the_client_decide(DecodeMode mode, bool accepted, bool expected) => Assert.Equal(expected, Applies(Gzipped, mode, accepted));

    [Theory]
    [InlineData(Gzipped, true)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Encoding: X-GZIP", true)]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nContent-Encoding: gzip", true)]
    [InlineData("HTTP/1.1 200 OK\nContent-Encoding: gzip", true)]
    [InlineData(Gzipped + "\nCache-Control: max-age=5", true)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5", false)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Encoding: br", false)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Encoding: gzip, br", false)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Encoding: br, gzip", false)]
    [InlineData("HTTP/1.1 206 Partial Content\nContent-Length: 5\nContent-Encoding: gzip", false)]
    [InlineData("HTTP/1.1 304 Not Modified\nContent-Encoding: gzip", false)]
    [InlineData(Gzipped + "\nCache-Control: no-transform", false)]
    [InlineData(Gzipped + "\nCache-Control: max-age=5 , No-Transform", false)]
    [InlineData(Gzipped + "\nCache-Control: max-age=5\nCache-Control: no-transform", false)]
    public void The_answer_must_be_one_that_may_be_decoded(string answer, bool expected) => Assert.Equal(expected, Applies(answer, DecodeMode.Always, false));

    [Fact]
    public void An_answer_to_HEAD_has_nothing_to_decode()
    {
        var (head, bytes) = Heads.Answer(Gzipped, toHead: true);
        Assert.False(GzipResponse.Applies(DecodeMode.Always, false, head, bytes));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("gzip", true)]
    [InlineData("GZip", true)]
    [InlineData("x-gzip", true)]
    [InlineData("*", true)]
    [InlineData("br, gzip;q=0.5", true)]
    [InlineData("deflate , gzip ; q=1.0", true)]
    [InlineData("gzip;q=0.001", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip; q=0.000", false)]
    [InlineData("br, deflate", false)]
    [InlineData("identity", false)]
    [InlineData("*;q=0", false)]
    [InlineData("", false)]
    public void A_client_takes_gzip_if_it_says_so(string? accepts, bool expected)
    {
        var (head, bytes) = Heads.Request("GET / HTTP/1.1\nHost: a" + (accepts is null ? "" : $"\nAccept-Encoding: {accepts}"));
        Assert.Equal(expected, GzipResponse.IsAccepted(head, bytes));
    }

    private static bool Applies(string answer, DecodeMode mode, bool accepted)
    {
        var (head, bytes) = Heads.Answer(answer);
        return GzipResponse.Applies(mode, accepted, head, bytes);
    }
}
