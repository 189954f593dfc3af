using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sallyport.Testing.Programs;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>One line on stderr for every exchange and every tunnel, in three layouts; nothing of it on stdout.</summary>
public sealed partial class AccessLogTests
{
    [Fact]
    public async Task Text_says_who_asked_what_and_what_became_of_it()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        await using var relay = await TestRelay.StartAsync();
        var port = await AskAsync(relay, destination);
        var line = await relay.Error.LineWithAsync("/page");
        Assert.Matches(TextLine(), line);
        Assert.Contains($" 127.0.0.1:{port} \"POST http://{destination.Endpoint}/page\" 200 forwarded rule=\"", line, StringComparison.Ordinal);
        Assert.Contains(" up=4 down=3 ", line, StringComparison.Ordinal);
        Assert.Equal([relay.Ready.Text], relay.Output.Lines);
    }

    [Fact]
    public async Task A_refused_client_is_shown_the_id_that_the_log_has()
    {
        await using var relay = await TestRelay.StartAsync();
        var answer = await RawClient.ExchangeAsync(relay.Endpoint, "GET http://127.0.0.2:1/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        var id = ShownId().Match(answer).Groups[1].Value;
        Assert.NotEqual("", id);
        Assert.Contains("not-allowed", await relay.Error.LineWithAsync($" id={id} "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_asks_for_a_problem_in_JSON_gets_one()
    {
        await using var relay = await TestRelay.StartAsync();
        var answer = await RawClient.ExchangeAsync(relay.Endpoint, "GET http://127.0.0.2:1/ HTTP/1.1\r\nHost: x\r\nAccept: application/problem+json\r\nConnection: close\r\n\r\n");
        Assert.Contains("\r\nContent-Type: application/problem+json\r\n", answer, StringComparison.Ordinal);
        using var problem = JsonDocument.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.Equal(403, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("not-allowed", problem.RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Json_is_one_object_a_line()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        await using var relay = await TestRelay.StartAsync("--log-format", "json");
        var port = await AskAsync(relay, destination);
        using var line = JsonDocument.Parse(await relay.Error.LineWithAsync("/page"));
        var entry = line.RootElement;
        Assert.True(DateTimeOffset.TryParse(entry.GetProperty("time").GetString(), CultureInfo.InvariantCulture, out _));
        Assert.Equal("127.0.0.1", entry.GetProperty("client").GetString());
        Assert.Equal(port, entry.GetProperty("client_port").GetInt32());
        Assert.Equal($"POST http://{destination.Endpoint}/page", entry.GetProperty("request").GetString());
        Assert.Equal((200, "forwarded"), (entry.GetProperty("status").GetInt32(), entry.GetProperty("outcome").GetString()));
        Assert.Equal((4, 3), (entry.GetProperty("bytes_up").GetInt64(), entry.GetProperty("bytes_down").GetInt64()));
        Assert.True(entry.GetProperty("milliseconds").GetDouble() >= 0);
    }

    [Fact]
    public async Task Clf_is_what_log_tools_know()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        await using var relay = await TestRelay.StartAsync("--log-format", "clf");
        await AskAsync(relay, destination);
        Assert.Matches(ClfLine(), await relay.Error.LineWithAsync("/page"));
    }

    [Fact]
    public async Task A_refusal_is_logged_by_its_word()
    {
        await using var relay = await TestRelay.StartAsync();
        await RawClient.ExchangeAsync(relay.Endpoint, "GET http://127.0.0.2:81/denied HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Contains("\"GET http://127.0.0.2:81/denied\" 403 not-allowed ", await relay.Error.LineWithAsync("/denied"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tunnel_is_logged_at_its_end_with_the_bytes_of_both_directions()
    {
        await using var destination = RawDestination.Playing(async connection => await connection.SendAsync($"got {await connection.TakeToEndAsync()}"));
        await using var relay = await TestRelay.StartAsync();
        using var client = await RawClient.ConnectAsync(relay.Endpoint);
        await client.SendAsync($"CONNECT {destination.Endpoint} HTTP/1.1\r\nHost: x\r\n\r\n12345");
        client.HalfClose();
        await client.TakeToEndAsync();
        var line = await relay.Error.LineWithAsync("CONNECT");
        Assert.Contains($"\"CONNECT {destination.Endpoint}\" 200 tunneled ", line, StringComparison.Ordinal);
        Assert.Contains(" up=5 down=9 ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("clf")]
    public async Task No_request_writes_a_line_of_its_own(string format)
    {
        await using var relay = await TestRelay.StartAsync("--log-format", format);
        await RawClient.ExchangeAsync(relay.Endpoint, "GET http://127.0.0.2:81/a\"b\\c'd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        var line = await relay.Error.LineWithAsync("127.0.0.2:81");
        Assert.DoesNotContain("/a\"b", line, StringComparison.Ordinal);
        if (format != "json") return;
        using var entry = JsonDocument.Parse(line);
        Assert.Equal("GET http://127.0.0.2:81/a\"b\\c'd", entry.RootElement.GetProperty("request").GetString());
    }

    /// <summary>One exchange with a query that no log line may have; the client's port.</summary>
    private static async Task<int> AskAsync(ProductProcess relay, RawDestination destination)
    {
        using var client = await RawClient.ConnectAsync(relay.Endpoint);
        await client.SendAsync($"POST http://{destination.Endpoint}/page?password=x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
        await client.TakeThroughAsync("1.1");
        Assert.DoesNotContain("password", await relay.Error.LineWithAsync("/page"), StringComparison.Ordinal);
        return client.Local.Port;
    }

    [GeneratedRegex("""^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z 127\.0\.0\.1:\d+ "POST [^"]*" 200 forwarded rule="[^"]+" id=[0-9a-f]{6}-[0-9a-f]+ up=4 down=3 \d+\.\d+ms$""", RegexOptions.CultureInvariant)]
    private static partial Regex TextLine();

    [GeneratedRegex("""^127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] "POST http://127\.0\.0\.1:\d+/page" 200 3$""", RegexOptions.CultureInvariant)]
    private static partial Regex ClfLine();

    [GeneratedRegex(@"\(id ([0-9a-f]{6}-[0-9a-f]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex ShownId();
}
