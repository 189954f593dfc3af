using Sallyport.Testing;
using Sallyport.Testing.Programs;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Limits;

/// <summary>Every key of <c>[limits]</c>, reached from outside: what is at the limit passes, and what is past it gets the answer that <c>docs/limits.md</c> tells.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_head_past_its_limit_is_431()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        await using var relay = await LimitedRelay.StartAsync(_folder, "[limits]\nhead = \"8KiB\"\n");
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(relay, destination, Head(8 << 10)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await AskAsync(relay, destination, Head((8 << 10) + 1)), StringComparison.Ordinal);
        await relay.Error.LineWithAsync(" 431 head-too-large ");

        string Head(int bytes)
        {
            var beginning = $"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ";
            return beginning + new string('x', bytes - beginning.Length - 4);
        }
    }

    [Fact]
    public async Task The_largest_head_that_can_be_configured_passes()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        await using var relay = await LimitedRelay.StartAsync(_folder, "");
        var fields = string.Concat(Enumerable.Range(0, 6).Select(i => $"X-{i}: {new string('x', 10_000)}\r\n"));
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(relay, destination, $"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields.TrimEnd()}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_past_their_limit_are_431()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        await using var relay = await LimitedRelay.StartAsync(_folder, "[limits]\nfields = 12\n");
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(relay, destination, Fields(10)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await AskAsync(relay, destination, Fields(11)), StringComparison.Ordinal);

        string Fields(int more) => $"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: x\r\nConnection: close{string.Concat(Enumerable.Repeat("\r\nX: y", more))}";
    }

    [Fact]
    public async Task An_answers_fields_past_their_limit_are_502()
    {
        await using var destination = RawDestination.Answering($"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 12))}\r\n");
        await using var relay = await LimitedRelay.StartAsync(_folder, "[limits]\nfields = 12\n");
        Assert.StartsWith("HTTP/1.1 502 ", await AskAsync(relay, destination, $"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: x\r\nConnection: close"), StringComparison.Ordinal);
        await relay.Error.LineWithAsync(" 502 answer-head-too-large ");
    }

    [Fact]
    public async Task A_target_past_its_limit_is_414()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        await using var relay = await LimitedRelay.StartAsync(_folder, "[limits]\ntarget = \"8000B\"\n");
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(relay, destination, Target(8000)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 414 ", await AskAsync(relay, destination, Target(8001)), StringComparison.Ordinal);
        await relay.Error.LineWithAsync(" 414 target-too-long ");

        string Target(int bytes) => $"GET {$"http://{destination.Endpoint}/".PadRight(bytes, 'a')} HTTP/1.1\r\nHost: x\r\nConnection: close";
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\n0123456789", 200)]
    [InlineData("Content-Length: 11\r\n\r\n0123456789a", 413)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", 200)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n56789a\r\n0\r\n\r\n", 413)]
    public async Task A_body_past_its_limit_is_413(string framingAndBody, int status)
    {
        await using var destination = RawDestination.Playing(async connection =>
        {
            await connection.TakeThroughAsync("56789");
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            await connection.TakeToEndAsync();
        });
        await using var relay = await LimitedRelay.StartAsync(_folder, "[limits]\nbody = \"10B\"\n");
        using var client = await RawClient.ConnectAsync(relay.Endpoint);
        await client.SendAsync($"POST http://{destination.Endpoint}/ HTTP/1.1\r\nHost: x\r\n{framingAndBody}");
        Assert.StartsWith($"HTTP/1.1 {status} ", await client.TakeHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connections = 2")]
    [InlineData("connections-per-source = 2")]
    public async Task One_connection_more_is_reset_and_said_once_and_room_comes_back(string limit)
    {
        await using var relay = await LimitedRelay.StartAsync(_folder, $"[limits]\n{limit}\n");
        var first = await OccupyAsync(relay);
        using var second = await OccupyAsync(relay);
        Assert.Equal("reset", await AnswerToOneMoreAsync(relay));
        Assert.Equal("reset", await AnswerToOneMoreAsync(relay));
        await relay.Error.LineWithAsync(" connection-limit: new connections are refused");
        first.Dispose();
        await Deadline.Until(async () => (await AnswerToOneMoreAsync(relay)).StartsWith("HTTP/1.1 403 ", StringComparison.Ordinal), "room for one more connection");
        Assert.Single(relay.Error.Lines, line => line.Contains(" connection-limit: ", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A connection that has been answered, so that it surely counts.</summary>
    private static async Task<RawConnection> OccupyAsync(ProductProcess relay)
    {
        var client = await RawClient.ConnectAsync(relay.Endpoint);
        await client.SendAsync("GET http://127.0.0.2:1/ HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.TakeThroughAsync("No rule of this relay allows the request.\n");
        return client;
    }

    /// <summary>The answer, or <c>reset</c>: it may strike as early as the connection is made.</summary>
    private static async Task<string> AnswerToOneMoreAsync(ProductProcess relay)
    {
        try
        {
            using var client = await RawClient.ConnectAsync(relay.Endpoint);
            await client.SendAsync("GET http://127.0.0.2:1/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            var answer = await client.TakeToEndAsync();
            return client.Ending == Ending.Reset ? "reset" : answer;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return "reset";
        }
    }

    private static Task<string> AskAsync(ProductProcess relay, RawDestination destination, string head)
    {
        Assert.Contains($"{destination.Endpoint}", head, StringComparison.Ordinal);
        return RawClient.ExchangeAsync(relay.Endpoint, head + "\r\n\r\n");
    }
}
