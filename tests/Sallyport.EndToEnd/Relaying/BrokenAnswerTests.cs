using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>Destinations that break off or answer wrongly: damage shows, and nothing is completed that was not complete; the same on both transports.</summary>
public abstract class BrokenAnswerTests(RelayFixture rig)
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789", "0123456789")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n", "0123456789")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n0123456789", "0123456789")]
    public async Task An_answer_cut_in_order_is_seen_as_cut(string beginning, string arrived)
    {
        var cut = new TaskCompletionSource();
        await using var destination = RawDestination.Playing(async connection =>
        {
            await RawDestination.TakeRequestAsync(connection);
            await connection.SendAsync(beginning);
            await cut.Task;
        });
        await ExpectCutAsync(destination, cut, arrived);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n0123456789")]
    public async Task An_answer_cut_by_a_reset_is_seen_as_cut(string beginning)
    {
        var cut = new TaskCompletionSource();
        await using var destination = RawDestination.Playing(async connection =>
        {
            await RawDestination.TakeRequestAsync(connection);
            await connection.SendAsync(beginning);
            await cut.Task;
            connection.Reset();
        });
        await ExpectCutAsync(destination, cut, "0123456789");
    }

    [Fact]
    public async Task A_chunk_that_is_none_breaks_the_answer()
    {
        var cut = new TaskCompletionSource();
        await using var destination = RawDestination.Playing(async connection =>
        {
            await RawDestination.TakeRequestAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            await cut.Task;
            await connection.SendAsync("-5\r\nworld\r\n0\r\n\r\n");
            await connection.TakeToEndAsync();
        });
        await ExpectCutAsync(destination, cut, "hello");
    }

    [Theory]
    [InlineData("", "connection_terminated")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", "http_response_incomplete")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "http_protocol_error")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "http_protocol_error")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", "http_protocol_error")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "http_response_transfer_coding")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "http_protocol_error")]
    public async Task A_bad_answer_is_502_with_the_reason(string answer, string error)
    {
        await using var destination = RawDestination.Playing(async connection =>
        {
            await RawDestination.TakeRequestAsync(connection);
            await connection.SendAsync(answer);
        });
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        await client.SendAsync(Get(destination));
        var head = await client.TakeHeadAsync();
        Assert.StartsWith("HTTP/1.1 502 ", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nProxy-Status: r1; error={error}", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_head_without_end_is_502_by_its_size()
    {
        await using var destination = RawDestination.Playing(async connection =>
        {
            await RawDestination.TakeRequestAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat($"X-Padding: {new string('x', 1000)}\r\n", 80)));
            await connection.TakeToEndAsync();
        });
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        await client.SendAsync(Get(destination));
        Assert.Contains("\r\nProxy-Status: r1; error=http_response_header_section_size", await client.TakeHeadAsync(), StringComparison.Ordinal);
    }

    private async Task ExpectCutAsync(RawDestination destination, TaskCompletionSource cut, string arrived)
    {
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        await client.SendAsync(Get(destination));
        await client.TakeThroughAsync(arrived);
        cut.SetResult();
        Assert.DoesNotContain("0\r\n\r\n", await client.TakeToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(Ending.Reset, client.Ending);
    }

    private static string Get(RawDestination destination) => $"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: {destination.Endpoint}\r\n\r\n";
}

/// <inheritdoc/>
public sealed class UsualBrokenAnswerTests(UsualRelay rig) : BrokenAnswerTests(rig), IClassFixture<UsualRelay>;

/// <inheritdoc/>
public sealed class PortableBrokenAnswerTests(PortableRelay rig) : BrokenAnswerTests(rig), IClassFixture<PortableRelay>;
