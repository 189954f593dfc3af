using Sallyport.Dialing;
using Sallyport.Testing;
using Xunit;

namespace Sallyport.Tests.Dialing;

public sealed class HostsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("one.test", "192.0.2.1")]
    [InlineData("alias", "192.0.2.1")]
    [InlineData("mixed.test", "192.0.2.2")]
    [InlineData("both.test", "192.0.2.3 2001:db8::3")]
    [InlineData("mapped.test", "192.0.2.4")]
    [InlineData("tabs.test", "192.0.2.5")]
    [InlineData("commented.test", null)]
    [InlineData("behind.test", null)]
    [InlineData("bad.test", null)]
    [InlineData("192.0.2.1", null)]
    [InlineData("none.test", null)]
    public void A_name_has_the_addresses_of_its_lines(string name, string? expected)
    {
        var file = new HostsFile(_folder.Write("hosts", """
            # comment
            192.0.2.1 one.test alias
            192.0.2.2 MIXED.Test
            192.0.2.3 both.test
            2001:db8::3 both.test # behind.test
            ::ffff:192.0.2.4 mapped.test
            	192.0.2.5	tabs.test	
            #192.0.2.6 commented.test
            192.0.2 bad.test
            192.0.2.7

            """));
        var found = file.Find(name);
        Assert.Equal(expected, found is null ? null : string.Join(' ', found));
    }

    [Fact]
    public void A_file_that_changes_is_read_anew()
    {
        var path = _folder.Write("hosts", "192.0.2.1 a.test\n");
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var file = new HostsFile(path);
        Assert.Equal("192.0.2.1", Assert.Single(file.Find("a.test")!).ToString());
        File.WriteAllText(path, "192.0.2.2 a.test\n");
        Assert.Equal("192.0.2.2", Assert.Single(file.Find("a.test")!).ToString());
        File.Delete(path);
        Assert.Null(file.Find("a.test"));
    }

    [Fact]
    public void Without_a_file_there_are_no_names() => Assert.Null(new HostsFile(_folder.PathOf("missing")).Find("a.test"));

    [Fact]
    public void A_file_past_its_limit_is_not_read() =>
        Assert.Null(new HostsFile(_folder.Write("hosts", "192.0.2.1 a.test\n#" + new string('x', 1 << 20))).Find("a.test"));
}
