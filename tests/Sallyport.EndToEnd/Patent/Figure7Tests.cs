using Sallyport.EndToEnd.Relaying;
using Sallyport.Testing;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Patent;

/// <summary>
/// Figure 7 and claims 2, 4 and 5: the relay makes of the request at the aggregation port (503) the application's own request (504 = 501), byte for byte,
/// with and without port numbers, and sends it to that device and that port.
/// </summary>
public sealed class Figure7Tests
{
    private const string DestinationsAnswer = "HTTP/1.0 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nServer: inside\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("GET /index.html HTTP/1.0\r\nHost: www.def.co.jp:PORT\r\n\r\n")]
    [InlineData("GET /index.html HTTP/1.1\r\nUser-Agent: a\r\nhost:  www.def.co.jp:PORT\r\nAccept: */*\r\nX-Empty:\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: www.def.co.jp:PORT\r\nVia: 1.1 somebody\r\nAccept-Encoding: gzip\r\n\r\n")]
    [InlineData("POST /form?a=%41 HTTP/1.1\r\nHost: www.def.co.jp:PORT\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\na=b")]
    public async Task Figure_7_the_relays_504_is_the_applications_501_again(string application)
    {
        await using var destination = RawDestination.Answering(DestinationsAnswer);
        using var folder = new TemporaryFolder();
        await using var relay = await TestRelay.StartConfiguredAsync(folder, Rules("127.0.0.1"));
        var original = application.Replace("PORT", $"{destination.Port}", StringComparison.Ordinal);
        using var client = await RawClient.ConnectAsync(relay.Endpoint);
        await client.SendAsync(Converted(original, $"www.def.co.jp:{destination.Port}", "proxy.abc.co.jp:8080"));
        await client.TakeThroughAsync("\r\n\r\nok");
        Assert.Equal(original, destination.Connections[0].ReceivedText);
    }

    [Fact]
    public async Task Figure_7_exactly_as_drawn_with_the_destination_on_port_80()
    {
        var address = PortEighty.OrSkip();
        await using var destination = RawDestination.PlayingAt(address, async connection =>
        {
            await connection.TakeHeadAsync();
            await connection.SendAsync(DestinationsAnswer);
        });
        using var folder = new TemporaryFolder();
        await using var relay = await TestRelay.StartConfiguredAsync(folder, Rules($"{address.Address}"));
        using var client = await RawClient.ConnectAsync(relay.Endpoint);
        await client.SendAsync("GET http://www.def.co.jp/index.html HTTP/1.0\r\nHost: proxy.abc.co.jp\r\n\r\n");
        await client.TakeThroughAsync("\r\n\r\nok");
        Assert.Equal("GET /index.html HTTP/1.0\r\nHost: www.def.co.jp\r\n\r\n", destination.Connections[0].ReceivedText);
    }

    [Fact]
    public async Task To_the_answer_the_relay_adds_its_route_information_and_the_connections_end()
    {
        await using var destination = RawDestination.Answering(DestinationsAnswer);
        await using var relay = await TestRelay.StartAsync();
        var answer = await RawClient.ExchangeAsync(relay.Endpoint, $"GET http://{destination.Endpoint}/ HTTP/1.0\r\nHost: {relay.Endpoint}\r\n\r\n");
        Assert.Equal("HTTP/1.0 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nServer: inside\r\nContent-Length: 2\r\nConnection: close\r\nVia: 1.0 r1\r\n\r\nok", answer);
    }

    [Fact]
    public async Task The_port_in_the_target_chooses_the_destination()
    {
        await using var first = RawDestination.KeepsConnectionsCounted();
        await using var second = RawDestination.KeepsConnectionsCounted();
        await using var relay = await TestRelay.StartAsync();
        using var client = await RawClient.ConnectAsync(relay.Endpoint);
        foreach (var destination in (RawDestination[])[second, first, second])
        {
            await client.SendAsync($"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: {relay.Endpoint}\r\n\r\n");
            await client.TakeThroughAsync("\r\n\r\n1.");
            await client.TakeAsync(1);
        }
        Assert.Equal($"GET / HTTP/1.1\r\nHost: {first.Endpoint}\r\n\r\n", first.Connections[0].ReceivedText);
        Assert.Equal(string.Concat(Enumerable.Repeat($"GET / HTTP/1.1\r\nHost: {second.Endpoint}\r\n\r\n", 2)), second.Connections[0].ReceivedText);
    }

    [Fact]
    public async Task Todays_form_goes_out_with_the_relays_own_version_and_route()
    {
        await using var destination = RawDestination.Answering(DestinationsAnswer);
        await using var relay = await TestRelay.StartAsync();
        await RawClient.ExchangeAsync(relay.Endpoint, $"GET http://{destination.Endpoint}/index.html HTTP/1.0\r\nHost: {destination.Endpoint}\r\nX: y\r\n\r\n");
        Assert.Equal($"GET /index.html HTTP/1.1\r\nHost: {destination.Endpoint}\r\nX: y\r\nVia: 1.0 r1\r\n\r\n", destination.Connections[0].ReceivedText);
    }

    /// <summary>503 of a 501: the destination moves into the target, and the relay takes its place in Host.</summary>
    private static string Converted(string original, string destination, string relay) =>
        original.Replace(" /", $" http://{destination}/", StringComparison.Ordinal)
            .Replace($"{destination}\r\n", $"{relay}\r\n", StringComparison.Ordinal);

    private static string Rules(string address) => $"""
        [[destination]]
        name = "wiki"
        hosts = ["www.def.co.jp"]
        address = "{address}"
        [[allow]]
        to = ["wiki"]
        """;
}
