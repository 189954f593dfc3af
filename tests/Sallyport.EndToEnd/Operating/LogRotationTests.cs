using System.Text.Json;
using Sallyport.EndToEnd.Relaying;
using Sallyport.Testing;
using Sallyport.Testing.Programs;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Operating;

/// <summary>HUP opens the log anew: a file that was moved away keeps its lines, and those to come go to a new one.</summary>
public sealed class LogRotationTests
{
    [Fact]
    public async Task A_log_that_was_moved_away_is_begun_anew()
    {
        using var folder = new TemporaryFolder();
        var log = folder.PathOf("access.log");
        await using var relay = await TestRelay.StartConfiguredAsync(folder, $"[log]\nfile = \"{log}\"\n");
        await AskAsync(relay, "/before");
        await ContainsAsync(log, "/before");
        File.Move(log, log + ".1");
        relay.Send(Signal.HangUp);
        await ContainsAsync(log, " reloaded ");
        await AskAsync(relay, "/after");
        await ContainsAsync(log, "/after");
        Assert.DoesNotContain("/after", await ContainsAsync(log + ".1", "/before"), StringComparison.Ordinal);
        Assert.Equal("", $"{relay.Error}");
    }

    [Fact]
    public async Task The_file_and_the_format_may_change()
    {
        await using var relay = await ConfiguredRelay.StartAsync("");
        var log = relay.PathOf("access.log");
        relay.Write($"[log]\nfile = \"{log}\"\nformat = \"json\"\n");
        relay.Process.Send(Signal.HangUp);
        await ContainsAsync(log, "; changed: log");
        await AskAsync(relay.Process, "/page");
        var line = Array.Find((await ContainsAsync(log, "/page")).Split('\n'), one => one.Contains("/page", StringComparison.Ordinal))!;
        using var entry = JsonDocument.Parse(line);
        Assert.Equal("not-allowed", entry.RootElement.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_changes_nothing()
    {
        await using var relay = await ConfiguredRelay.StartAsync("");
        var told = await relay.ReloadAsync($"[log]\nfile = \"{relay.PathOf("no/such")}/folder/access.log\"\n");
        Assert.Contains(" reload refused: cannot write the log to ", told, StringComparison.Ordinal);
        await AskAsync(relay.Process, "/page");
        await relay.Process.Error.LineWithAsync("/page");
    }

    [Theory]
    [InlineData("relay", "--listen")]
    [InlineData("agent", "--relay", "http://127.0.0.1:1", "--http")]
    public async Task Without_a_file_HUP_says_that_there_is_nothing_to_reload(params string[] command)
    {
        await using var process = await ProductProcess.StartAsync([.. command, "127.0.0.1:0"]);
        process.Send(Signal.HangUp);
        await process.Error.LineWithAsync(" nothing to reload: there is no --config, and the log goes to the error stream");
        Assert.Equal(0, await process.StopAsync());
    }

    private static async Task AskAsync(ProductProcess relay, string path) =>
        Assert.Contains(" 403 ", await RawClient.ExchangeAsync(relay.Endpoint, $"GET http://127.0.0.2:81{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);

    private static async Task<string> ContainsAsync(string file, string text)
    {
        await Deadline.Until(() => File.Exists(file) && File.ReadAllText(file).Contains(text, StringComparison.Ordinal), $"\"{text}\" in {Path.GetFileName(file)}");
        return await File.ReadAllTextAsync(file);
    }
}
