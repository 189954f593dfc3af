using System.Text;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

public sealed class AuthorityTests
{
    private static readonly string Label63 = new('a', 63);

    public static TheoryData<string> LongestNames =>
    [
        $"{Label63}.{Label63}.{Label63}.{new string('b', 61)}",
        $"{Label63}.{Label63}.{Label63}.{new string('b', 61)}.",
        $"{Label63}.test",
    ];

    public static TheoryData<string> NamesThatAreTooLong =>
    [
        $"{Label63}.{Label63}.{Label63}.{new string('b', 62)}",
        $"{Label63}.{Label63}.{Label63}.{new string('b', 62)}.",
        $"{Label63}a.test",
        $"test.{Label63}a",
        $"test.{Label63}a.",
    ];

    [Theory]
    [InlineData("a", HostKind.Name, "a", 0)]
    [InlineData("a.test", HostKind.Name, "a.test", 0)]
    [InlineData("A.Test.:8080", HostKind.Name, "A.Test.", 8080)]
    [InlineData("a_b-c.4x:1", HostKind.Name, "a_b-c.4x", 1)]
    [InlineData("1.2.3.4.example", HostKind.Name, "1.2.3.4.example", 0)]
    [InlineData("0x.a:65535", HostKind.Name, "0x.a", 65535)]
    [InlineData("192.0.2.1", HostKind.V4, "192.0.2.1", 0)]
    [InlineData("192.0.2.1:80", HostKind.V4, "192.0.2.1", 80)]
    [InlineData("[::1]", HostKind.V6, "::1", 0)]
    [InlineData("[2001:DB8::1]:443", HostKind.V6, "2001:DB8::1", 443)]
    [InlineData("[::ffff:127.0.0.1]:1", HostKind.V6, "::ffff:127.0.0.1", 1)]
    public void A_host_and_a_port_are_read(string text, HostKind kind, string host, int port)
    {
        var bytes = Encoding.ASCII.GetBytes("xy" + text);

        Assert.True(Authority.TryRead(bytes.AsSpan(2), 2, out var authority));
        Assert.Equal((kind, host, port), (authority.Kind, Encoding.ASCII.GetString(authority.Host.Of(bytes)), authority.Port));
        Assert.Equal(port == 0 ? 80 : port, authority.PortOr(80));
        if (kind == HostKind.Name) return;
        Assert.True(InternetAddress.TryParse(host, out var address));
        Assert.Equal(address, authority.Address);
    }

    [Theory]
    [MemberData(nameof(LongestNames))]
    public void The_longest_names_pass(string text) => Assert.True(TryRead(text));

    [Theory]
    [MemberData(nameof(NamesThatAreTooLong))]
    public void Longer_names_do_not(string text) => Assert.False(TryRead(text));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a..")]
    [InlineData(":80")]
    [InlineData(".:80")]
    [InlineData("a:")]
    [InlineData("a.:")]
    [InlineData("[::1]:")]
    [InlineData("a:0")]
    [InlineData("a:00080")]
    [InlineData("a:65536")]
    [InlineData("a:83617")]
    [InlineData("a:123456")]
    [InlineData("a:+80")]
    [InlineData("a:-1")]
    [InlineData("a:8x")]
    [InlineData("a:0x50")]
    [InlineData("a: 80")]
    [InlineData("a:80:80")]
    [InlineData("u@a")]
    [InlineData("@a")]
    [InlineData("u:p@a:80")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a;b")]
    [InlineData("a,b")]
    [InlineData("a%2fb")]
    [InlineData("127.0.0.1%00.a")]
    [InlineData("a\0")]
    [InlineData("\uff11.a")]
    [InlineData("127.1")]
    [InlineData("127.0.1")]
    [InlineData("2130706433")]
    [InlineData("0")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("0X7F000001.")]
    [InlineData("127.0.0.0x1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.000.000.001")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.0.0.256")]
    [InlineData("1.2.3.4.5")]
    [InlineData("a.1")]
    [InlineData("a.1.")]
    [InlineData("[]")]
    [InlineData("[::1")]
    [InlineData("[::1]x")]
    [InlineData("[::1]x:80")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[fe80::1%lo]")]
    [InlineData("[fe80::1%25lo]")]
    [InlineData("[v1.x]")]
    [InlineData("[1:2:3:4:5:6:7:8:9]")]
    [InlineData("::1")]
    public void Anything_else_is_none(string text) => Assert.False(TryRead(text));

    private static bool TryRead(string text) => Authority.TryRead(Encoding.UTF8.GetBytes(text), 0, out _);
}
