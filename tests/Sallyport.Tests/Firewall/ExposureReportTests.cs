using System.Net;
using Sallyport.Firewall;
using Xunit;

namespace Sallyport.Tests.Firewall;

public sealed class ExposureReportTests
{
    [Fact]
    public void One_open_port_that_is_the_expected_one_proves_it()
    {
        var report = new ExposureReport(IPAddress.Loopback, [8080], [], 65534, 0);

        Assert.True(report.Holds([8080]));
        Assert.Equal(
            "1 of 65535 ports open: 8080. Proof holds.\nThe others: 65534 silent (filtered), 0 closed (refused), 0 unreachable.",
            report.ToText([8080]));
    }

    [Fact]
    public void A_second_open_port_is_named_and_fails_the_proof()
    {
        var report = new ExposureReport(IPAddress.Loopback, [22, 8080], [443], 7, 2);

        Assert.False(report.Holds([8080]));
        Assert.Equal(
            """
            2 of 12 ports open: 22, 8080. Proof fails.
            Open and not expected: 22.
            The others: 7 silent (filtered), 1 closed (refused), 2 unreachable.
            Closed ports are reached from here, only nobody listens: 443. A firewall that drops would keep them silent.
            """,
            report.ToText([8080]));
    }

    [Fact]
    public void The_expected_port_closed_fails_the_proof()
    {
        var report = new ExposureReport(IPAddress.Loopback, [], [], 100, 0);

        Assert.False(report.Holds([8080]));
        Assert.Contains("0 of 100 ports open. Proof fails.\nExpected and not open: 8080.", report.ToText([8080]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_list_is_cut_and_says_by_how_much()
    {
        var report = new ExposureReport(IPAddress.Loopback, [.. Enumerable.Range(1, 30)], [], 0, 0);

        Assert.Contains("19, 20 and 10 more.", report.ToText([1]), StringComparison.Ordinal);
    }
}
