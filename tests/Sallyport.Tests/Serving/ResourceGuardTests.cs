using System.Text;
using Sallyport.Serving;
using Xunit;

namespace Sallyport.Tests.Serving;

public sealed class ResourceGuardTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/a/b?../../..")]
    [InlineData("/a/../b")]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/a//b/./c")]
    [InlineData("/%252e%252e/a")]
    [InlineData("http://www.def.co.jp:81/a")]
    [InlineData("http://www.def.co.jp")]
    public void A_target_within_the_directory_passes(string target) => Assert.True(ResourceGuard.StaysInside(target));

    [Theory]
    [InlineData("/..")]
    [InlineData("/../index.html")]
    [InlineData("/%2e%2e/x")]
    [InlineData("/.%2E/x")]
    [InlineData("/a/../../x")]
    [InlineData("/a/../../a/x")]
    [InlineData("/a%2fb")]
    [InlineData("/..%2Fx")]
    [InlineData("/a%5cb")]
    [InlineData("/a\\b")]
    [InlineData("/a%00")]
    [InlineData("http://www.def.co.jp/../x")]
    public void A_target_that_points_out_of_it_does_not(string target) => Assert.False(ResourceGuard.StaysInside(target));

    [Fact]
    public void A_log_line_cannot_be_forged()
    {
        var line = new StringBuilder();

        AccessLine.Escape(line, "/a\"\\ \r\n\x1b[31m\u00e9~\x7f");

        Assert.Equal(@"/a\x22\x5c \x0d\x0a\x1b[31m\xc3\xa9~\x7f", line.ToString());
    }
}
