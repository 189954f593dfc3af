using System.Text;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

public sealed class HeadWriterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(long.MaxValue)]
    public void Numbers_are_written_in_decimal(long value)
    {
        var bytes = new byte[19];
        var writer = new HeadWriter(bytes);
        writer.WriteDecimal(value);

        Assert.Equal(value.ToString(), Encoding.ASCII.GetString(bytes, 0, writer.Written));
    }

    [Fact]
    public void Running_out_of_room_is_remembered_and_writes_nothing_more()
    {
        var bytes = new byte[4];
        var writer = new HeadWriter(bytes);
        writer.Write("abc"u8);
        Assert.False(writer.Overflowed);
        writer.Write("de"u8);
        writer.Write("f"u8);

        Assert.True(writer.Overflowed);
        Assert.Equal(3, writer.Written);
        Assert.Equal(0, bytes[3]);
    }
}
