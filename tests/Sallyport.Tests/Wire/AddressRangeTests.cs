using CsCheck;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", true)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "9.255.255.255", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "::ffff:1.2.3.4", true)]
    [InlineData("::/0", "1.2.3.4", false)]
    [InlineData("192.0.2.1/32", "192.0.2.1", true)]
    [InlineData("192.0.2.1/32", "192.0.2.0", false)]
    [InlineData("fe80::/10", "febf:ffff::1", true)]
    [InlineData("fe80::/10", "fec0::", false)]
    [InlineData("2001:db8::/64", "2001:db8::ffff:0:0:1", true)]
    [InlineData("2001:db8::/64", "2001:db8:0:1::", false)]
    [InlineData("2001:db8::/65", "2001:db8::7fff:0:0:1", true)]
    [InlineData("2001:db8::/65", "2001:db8::8000:0:0:1", false)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("::1/128", "::", false)]
    [InlineData("10.1.2.3/8", "10.9.9.9", true)]
    public void A_range_contains_what_shares_its_prefix(string text, string address, bool isContained)
    {
        Assert.True(AddressRange.TryParse(text, out var range));
        Assert.True(InternetAddress.TryParse(address, out var value));

        Assert.Equal(isContained, range.Contains(value));
        Assert.Equal(text, range.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.1/8", false)]
    [InlineData("0.0.0.0/0", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("2001:db8::1/127", false)]
    public void Bits_past_the_prefix_are_noticed(string text, bool isAligned)
    {
        Assert.True(AddressRange.TryParse(text, out var range));

        Assert.Equal(isAligned, range.IsAligned);
    }

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("::/129")]
    [InlineData("::/999")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/8 ")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("10/8")]
    [InlineData("10.0.0.0/\u0668")]
    public void Anything_else_is_no_range(string text) => Assert.False(AddressRange.TryParse(text, out _));

    [Fact]
    public void A_range_contains_exactly_the_addresses_that_differ_only_behind_its_prefix() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 128], Gen.Int[0, 127]).Sample((high, low, length, flipped) =>
        {
            var range = new AddressRange(InternetAddress.FromV6(high, low), length);
            var other = flipped < 64
                ? InternetAddress.FromV6(high ^ 1ul << (63 - flipped), low)
                : InternetAddress.FromV6(high, low ^ 1ul << (127 - flipped));
            return range.Contains(range.Address) && range.Contains(other) == flipped >= length;
        });

    [Fact]
    public void A_prefix_longer_than_the_family_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AddressRange(InternetAddress.FromV4(0), 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AddressRange(InternetAddress.FromV6(0, 0), 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AddressRange(InternetAddress.FromV4(0), -1));
    }
}
