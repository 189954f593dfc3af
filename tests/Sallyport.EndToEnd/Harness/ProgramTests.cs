using Sallyport.Testing.Programs;
using Xunit;

namespace Sallyport.EndToEnd.Harness;

/// <summary>The real executable and foreign programs can be run, and their ends are told apart.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task The_product_runs_and_says_its_version()
    {
        var result = (await ProductProcess.RunAsync("version")).MustSucceed();
        Assert.StartsWith("sallyport ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_product_that_never_becomes_ready_fails_with_what_it_wrote()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ProductProcess.StartAsync("no-such-command"));
        Assert.Contains("exit code", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-command", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_program_is_given_its_input_and_its_ends_are_kept()
    {
        var result = await ForeignProgram.RunAsync("sh", ["-c", "cat; echo trouble >&2; exit 3"], input: "bytes in");
        Assert.Equal((3, "bytes in", "trouble\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task A_foreign_program_that_does_not_end_is_killed_at_the_deadline()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(
            () => ForeignProgram.RunAsync("tail", ["-f", "/dev/null"], input: "", limit: TimeSpan.FromMilliseconds(100)));
        Assert.Contains("tail -f /dev/null", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_program_is_a_reason_to_skip() =>
        Assert.Equal("no-such-program is not installed", ForeignProgram.ReasonToSkip("sh", "no-such-program"));

    [Theory]
    [InlineData("sallyport relay ready on 127.0.0.1:8080", "relay", "", 8080)]
    [InlineData("sallyport agent ready on http 127.0.0.1:3128, socks [::1]:1080", "agent", "socks", 1080)]
    [InlineData("sallyport agent ready on forward 127.0.0.1:5432 to db.internal:5433", "agent", "forward", 5432)]
    public void A_ready_line_names_the_bound_ports(string line, string role, string listener, int port)
    {
        Assert.True(ReadyLine.TryParse(line, out var ready));
        Assert.Equal(role, ready!.Role);
        Assert.Equal(port, ready[listener].Port);
    }

    [Theory]
    [InlineData("sallyport relay ready on 127.0.0.1:0")]
    [InlineData("sallyport relay ready on nowhere")]
    [InlineData("relay ready on 127.0.0.1:8080")]
    public void Another_line_is_no_ready_line(string line) => Assert.False(ReadyLine.TryParse(line, out _));
}
