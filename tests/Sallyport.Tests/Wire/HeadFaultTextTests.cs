using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

public sealed class HeadFaultTextTests
{
    [Fact]
    public void Every_fault_has_words_of_its_own_and_a_status()
    {
        var faults = Enum.GetValues<HeadFault>();

        Assert.Equal(faults.Length, faults.Select(HeadFaultText.For).Distinct().Count());
        Assert.All(faults, f => Assert.Contains(HeadFaultText.StatusFor(f), new ushort[] { 400, 414, 417, 431, 501, 505 }));
    }

    [Theory]
    [InlineData(HeadFault.TargetTooLong, 414)]
    [InlineData(HeadFault.ExpectationUnknown, 417)]
    [InlineData(HeadFault.HeadTooLong, 431)]
    [InlineData(HeadFault.FieldTooLong, 431)]
    [InlineData(HeadFault.TooManyFields, 431)]
    [InlineData(HeadFault.TransferCodingUnknown, 501)]
    [InlineData(HeadFault.SchemeHttps, 501)]
    [InlineData(HeadFault.VersionNotSupported, 505)]
    [InlineData(HeadFault.BareLineFeed, 400)]
    public void The_status_says_what_it_can(HeadFault fault, int status) => Assert.Equal(status, HeadFaultText.StatusFor(fault));
}
