using Sallyport.Testing;
using Sallyport.Testing.Programs;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Purpose;

/// <summary>The purpose in one sentence: adding, changing or removing an application leaves the firewall's rules byte-identical.</summary>
public sealed class UnchangedFirewallTests
{
    public static TheoryData<string> Formats => ["nft", "nft-json", "windows"];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task The_rules_are_the_same_bytes_before_and_after_an_application_comes_changes_and_goes(string format)
    {
        await using var wiki = RawDestination.KeepsConnectionsCounted();
        await using var added = RawDestination.KeepsConnectionsCounted();
        await using var moved = RawDestination.KeepsConnectionsCounted();
        using var folder = new TemporaryFolder();
        string[] applications =
        [
            Application("wiki", wiki.Port),
            Application("wiki", wiki.Port) + Application("added", added.Port),
            Application("wiki", wiki.Port) + Application("added", moved.Port),
            Application("wiki", wiki.Port),
        ];
        string? first = null;
        foreach (var configured in applications)
        {
            var file = folder.Write("sallyport.toml", $"listen = [\"0.0.0.0:8080\"]\n{configured}[firewall]\noutside = \"eth0\"\n");
            var reached = await ReachedAsync(file, wiki, added, moved);
            Assert.Equal(((RawDestination[])[wiki, added, moved]).Where(one => configured.Contains($"{one.Port}", StringComparison.Ordinal)).Select(one => one.Port), reached);
            var plan = (await ProductProcess.RunAsync("firewall", "plan", "--config", file, "--format", format)).MustSucceed().Output;
            Assert.Contains("8080", plan, StringComparison.Ordinal);
            foreach (var one in (RawDestination[])[wiki, added, moved]) Assert.DoesNotContain($"{one.Port}", plan, StringComparison.Ordinal);
            Assert.Equal(first ??= plan, plan);
        }
    }

    /// <summary>The ports that a relay with this configuration lets a client reach.</summary>
    private static async Task<List<int>> ReachedAsync(string file, params RawDestination[] destinations)
    {
        await using var relay = await ProductProcess.StartAsync("relay", "--config", file, "--listen", "127.0.0.1:0");
        using var client = await RawClient.ConnectAsync(relay.Endpoint);
        var reached = new List<int>();
        foreach (var destination in destinations)
        {
            await client.SendAsync($"HEAD http://{destination.Endpoint}/ HTTP/1.1\r\nHost: {destination.Endpoint}\r\n\r\n");
            var status = (await client.TakeHeadAsync()).Split(' ')[1];
            if (status == "200") reached.Add(destination.Port);
            else Assert.Equal("403", status);
        }
        return reached;
    }

    private static string Application(string name, int port) => $"""
        [[destination]]
        name = "{name}"
        hosts = ["127.0.0.1"]
        ports = [{port}]
        [[allow]]
        to = ["{name}"]

        """;
}
