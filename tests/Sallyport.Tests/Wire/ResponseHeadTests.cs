using System.Text;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

public sealed class ResponseHeadTests
{
    [Theory]
    [InlineData(200, "Content-Length: 5", false, false, BodyKind.Counted, 5)]
    [InlineData(200, "Content-Length: 0", false, false, BodyKind.Counted, 0)]
    [InlineData(200, "Transfer-Encoding: chunked", false, false, BodyKind.Chunked, 0)]
    [InlineData(200, "X: y", false, false, BodyKind.UntilClose, 0)]
    [InlineData(200, "Content-Length: 5", true, false, BodyKind.None, 0)]
    [InlineData(200, "Transfer-Encoding: chunked", true, false, BodyKind.None, 0)]
    [InlineData(200, "Content-Length: 5", false, true, BodyKind.None, 0)]
    [InlineData(407, "Content-Length: 5", false, true, BodyKind.Counted, 5)]
    [InlineData(300, "X: y", false, true, BodyKind.UntilClose, 0)]
    [InlineData(204, "Content-Length: 5", false, false, BodyKind.None, 0)]
    [InlineData(205, "Content-Length: 5", false, false, BodyKind.Counted, 5)]
    [InlineData(304, "Transfer-Encoding: chunked", false, false, BodyKind.None, 0)]
    [InlineData(100, "Content-Length: 5", false, false, BodyKind.None, 0)]
    [InlineData(199, "X: y", false, false, BodyKind.None, 0)]
    public void Framing_follows_method_status_and_fields(int status, string field, bool toHead, bool toConnect, BodyKind kind, long length)
    {
        var head = new ResponseHead();

        Assert.Equal(ReadStatus.Done, head.Read(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\n{field}\r\n\r\n"), HeadLimits.Default, toHead, toConnect));
        Assert.Equal(new BodyFraming(kind, length), head.Framing);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found", 404, 1, "Not Found")]
    [InlineData("HTTP/1.0 200 ", 200, 0, "")]
    [InlineData("HTTP/1.1 200", 200, 1, "")]
    [InlineData("HTTP/1.3 999 a  b ", 999, 1, "a  b ")]
    public void A_status_line_is_taken_apart(string line, int status, int minor, string reason)
    {
        var bytes = Encoding.ASCII.GetBytes($"{line}\r\n\r\n");
        var head = new ResponseHead();

        Assert.Equal(ReadStatus.Done, head.Read(bytes, HeadLimits.Default, false, false));
        Assert.Equal((status, minor, reason), (head.Status, head.MinorVersion, Encoding.ASCII.GetString(head.Reason.Of(bytes))));
        Assert.Equal(line, Encoding.ASCII.GetString(head.StatusLine.Of(bytes)));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(103, true)]
    [InlineData(200, false)]
    public void Interim_answers_are_told_from_final_ones(int status, bool isInterim)
    {
        var head = new ResponseHead();
        head.Read(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\n\r\n"), HeadLimits.Default, false, false);

        Assert.Equal(isInterim, head.IsInterim);
    }

    [Fact]
    public void A_blank_before_a_colon_is_dropped_when_the_line_is_written()
    {
        var bytes = "HTTP/1.1 200 OK\r\nX-A \t:  v \r\nX-B:  w \r\nConnection : x-c\r\nX-C : leak\r\nContent-Length : 5\r\n\r\n"u8.ToArray();
        var head = new ResponseHead();
        Assert.Equal(ReadStatus.Done, head.Read(bytes, HeadLimits.Default, false, false));
        var written = new byte[200];
        var writer = new HeadWriter(written);
        foreach (var field in head.Fields)
        {
            if (!field.IsHopByHop) writer.WriteField(field, bytes);
        }

        Assert.Equal("X-A: v\r\nX-B:  w \r\nContent-Length: 5\r\n", Encoding.ASCII.GetString(written, 0, writer.Written));
        Assert.Equal(new BodyFraming(BodyKind.Counted, 5), head.Framing);
    }
}
