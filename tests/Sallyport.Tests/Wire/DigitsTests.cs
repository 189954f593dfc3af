using System.Text;
using CsCheck;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

public sealed class DigitsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("000", 0)]
    [InlineData("5", 5)]
    [InlineData("999999999999999999", 999999999999999999)]
    [InlineData("0000000000000000000000000000", 0)]
    [InlineData("00000000000999999999999999999", 999999999999999999)]
    public void Decimal_digits_are_a_number(string text, long expected)
    {
        Assert.True(DecimalDigits.TryRead(Encoding.ASCII.GetBytes(text), out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+5")]
    [InlineData("-0")]
    [InlineData(" 5")]
    [InlineData("5\0")]
    [InlineData("5_0")]
    [InlineData("0x5")]
    [InlineData("1,000")]
    [InlineData("1e3")]
    [InlineData("\u0665")]
    [InlineData("1000000000000000000")]
    [InlineData("0000000000000000000000000x")]
    public void Anything_else_is_no_decimal(string text) => Assert.False(DecimalDigits.TryRead(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("aF", 0xaf)]
    [InlineData("7fffffffffffffff", long.MaxValue)]
    [InlineData("0000000000000001", 1)]
    public void Hexadecimal_digits_are_a_number(string text, long expected)
    {
        Assert.True(HexDigits.TryRead(Encoding.ASCII.GetBytes(text), out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 5")]
    [InlineData("5\0")]
    [InlineData("0x5")]
    [InlineData("g")]
    [InlineData("8000000000000000")]
    [InlineData("00000000000000001")]
    public void Anything_else_is_no_hexadecimal(string text) => Assert.False(HexDigits.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Only_hexadecimal_digits_have_a_value()
    {
        for (var b = 0; b < 256; b++) Assert.Equal(char.IsAsciiHexDigit((char)b) ? Convert.ToInt32(((char)b).ToString(), 16) : -1, HexDigits.ValueOf((byte)b));
    }

    [Fact]
    public void A_number_written_in_hexadecimal_reads_back() => Gen.UInt.Sample(value =>
    {
        var bytes = new byte[8];
        var written = HexDigits.Write(bytes, value);
        return HexDigits.TryRead(bytes.AsSpan(0, written), out var again) && again == value && Encoding.ASCII.GetString(bytes, 0, written) == value.ToString("x");
    });
}
