using System.Text.Json;
using Sallyport.EndToEnd.Relaying;
using Sallyport.Testing;
using Sallyport.Testing.Programs;
using Xunit;

namespace Sallyport.EndToEnd.Patent;

/// <summary>Figure 11 and claim 7: events through the aggregation port, by the commands as users call them.</summary>
public sealed class Figure11Tests(UsualRelay rig) : IClassFixture<UsualRelay>
{
    /// <summary>The exit code for "no event".</summary>
    private const int NoEvent = 3;

    public static TheoryData<string> Wires => ["rfc", "patent"];

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Figure_11_steps_701_to_705_through_the_relay(string wire)
    {
        await using var destination = await ProductProcess.StartAsync("events", "serve", "--listen", "127.0.0.1:0");
        var stream = $"http://{destination.Endpoint}/v1/stream/door";
        (await ProductProcess.RunAsync("events", "create", stream)).MustSucceed();

        var nothing = await GetAsync(stream, wire, "--wait", "0"); // 701: acquisition, with nothing there
        Assert.Equal((NoEvent, ""), (nothing.ExitCode, nothing.Output)); // 702: no event
        Assert.StartsWith("no event; next offset ", nothing.Error, StringComparison.Ordinal);
        var offset = nothing.Error["no event; next offset ".Length..].Trim();

        (await ProductProcess.RunAsync("events", "publish", stream, """{"door":"open"}""")).MustSucceed(); // 703: an event occurs at the destination and is stored

        var occurred = await GetAsync(stream, wire, "--wait", "0", "--after", offset); // 704: acquisition again
        Assert.Equal((0, """{"door":"open"}"""), (occurred.ExitCode, DataOf(occurred))); // 705: event occurred, with the event
        Assert.Contains($"GET http://{destination.Endpoint}/v1/stream/door", await rig.Relay.Error.LineWithAsync($"{destination.Endpoint}/v1/stream/door"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Claim_7_the_acquisition_is_repeated_at_set_times_until_an_event_comes(string wire)
    {
        await using var destination = await ProductProcess.StartAsync("events", "serve", "--listen", "127.0.0.1:0");
        var stream = $"http://{destination.Endpoint}/v1/stream/door";
        (await ProductProcess.RunAsync("events", "create", stream)).MustSucceed();

        var acquisition = GetAsync(stream, wire, "--every", "20ms", "--until-event");
        await Deadline.Until(() => Acquisitions(destination) >= 3, "three acquisitions through the relay");
        Assert.False(acquisition.IsCompleted);
        (await ProductProcess.RunAsync("events", "publish", stream, """{"door":"open"}""")).MustSucceed();
        var occurred = (await acquisition).MustSucceed();

        Assert.Equal("""{"door":"open"}""", DataOf(occurred));
        var answers = occurred.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(answers.Count(line => line.StartsWith("no event; ", StringComparison.Ordinal)) >= 3, occurred.Error);
        Assert.StartsWith("next offset ", answers[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_acquisition_that_waits_is_answered_when_the_event_occurs()
    {
        await using var destination = await ProductProcess.StartAsync("events", "serve", "--listen", "127.0.0.1:0");
        var stream = $"http://{destination.Endpoint}/v1/stream/door";
        (await ProductProcess.RunAsync("events", "create", stream)).MustSucceed();
        var acquisition = GetAsync(stream, "rfc", "--wait", "25s");
        (await ProductProcess.RunAsync("events", "publish", "--relay", $"http://{rig.Relay.Endpoint}", stream, "7")).MustSucceed();
        Assert.Equal("7", DataOf((await acquisition).MustSucceed()));
    }

    private Task<ProgramResult> GetAsync(string stream, string wire, params string[] options) =>
        ProductProcess.RunAsync(["events", "get", stream, "--relay", $"http://{rig.Relay.Endpoint}", "--wire", wire, .. options]);

    /// <summary>The data of the one event that came.</summary>
    private static string DataOf(ProgramResult acquisition)
    {
        using var cloudEvent = JsonDocument.Parse(acquisition.Output);
        return cloudEvent.RootElement.GetProperty("data").GetRawText();
    }

    private int Acquisitions(ProductProcess destination) =>
        rig.Relay.Error.Lines.Count(line => line.Contains($"\"GET http://{destination.Endpoint}/v1/stream/door", StringComparison.Ordinal));
}
