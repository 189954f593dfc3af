using Sallyport.Admitting;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Admitting;

public sealed class DestinationTests
{
    [Theory]
    [InlineData("WWW.Def.co.jp.", "www.def.co.jp", "www.def.co.jp:81", false)]
    [InlineData("10.1.2.3", "10.1.2.3", "10.1.2.3:81", true)]
    [InlineData("[0:0:0:0:0:0:0:1]", "::1", "[::1]:81", true)]
    [InlineData("FD00::A", "fd00::a", "[fd00::a]:81", true)]
    public void A_host_has_one_spelling(string host, string expected, string text, bool isLiteral)
    {
        var destination = new Destination(host, 81);
        Assert.Equal(expected, destination.Host);
        Assert.Equal(text, destination.ToString());
        Assert.Equal(isLiteral, destination.Literal is not null);
        Assert.Equal(destination, new Destination(expected, 81));
        Assert.NotEqual(destination, new Destination(expected, 82));
    }

    [Fact]
    public void A_literal_equals_its_text() =>
        Assert.Equal(new Destination("10.1.2.3", 443), Destination.FromLiteral(InternetAddress.FromV4(0x0a010203), 443));

    [Fact]
    public void Port_zero_is_no_destination() => Assert.Throws<ArgumentOutOfRangeException>(() => new Destination("www.def.co.jp", 0));
}
