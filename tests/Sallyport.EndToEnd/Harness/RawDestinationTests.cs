using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Harness;

/// <summary>Each named misbehaviour is what its name says, seen by a client without a relay between.</summary>
public sealed class RawDestinationTests
{
    private const string Request = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    private const string Answer = "HTTP/1.1 204 No Content\r\n\r\n";

    [Fact]
    public async Task The_exact_bytes_of_a_request_are_kept()
    {
        await using var destination = RawDestination.Answering(Answer);
        using var client = await RawClient.ConnectAsync(destination.Endpoint);
        await client.SendByteByByteAsync(Request);
        Assert.Equal(Answer, await client.TakeHeadAsync());
        Assert.Equal(Request, (await destination.ConnectionAsync(1)).ReceivedText);
    }

    [Fact]
    public async Task Connections_and_requests_on_them_are_counted()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        using var first = await RawClient.ConnectAsync(destination.Endpoint);
        await first.SendAsync(Request + Request);
        await first.TakeThroughAsync("1.1");
        await first.TakeThroughAsync("1.2");
        using var second = await RawClient.ConnectAsync(destination.Endpoint);
        await second.SendAsync(Request);
        Assert.EndsWith("\r\n\r\n2.1", await second.TakeThroughAsync("2.1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_split_into_bytes_is_the_same_answer()
    {
        await using var destination = RawDestination.SplitsEveryByte(Answer);
        using var client = await RawClient.ConnectAsync(destination.Endpoint);
        await client.SendAsync(Request);
        Assert.Equal(Answer, await client.TakeHeadAsync());
    }

    [Fact]
    public async Task A_stall_after_the_head_leaves_the_connection_open_and_silent()
    {
        await using var destination = RawDestination.StallsAfterHead();
        using var client = await RawClient.ConnectAsync(destination.Endpoint);
        await client.SendAsync(Request);
        await client.TakeHeadAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => client.TakeAsync(1, TimeSpan.FromMilliseconds(50)));
        Assert.Equal(Ending.None, client.Ending);
    }

    [Fact]
    public async Task A_reset_is_told_from_an_orderly_end()
    {
        var cut = new TaskCompletionSource();
        await using var resetting = RawDestination.ResetsMidBody(cut.Task);
        using var cutOff = await RawClient.ConnectAsync(resetting.Endpoint);
        await cutOff.SendAsync(Request);
        await cutOff.TakeThroughAsync("0123456789");
        cut.SetResult();
        Assert.Equal("", await cutOff.TakeToEndAsync());
        Assert.Equal(Ending.Reset, cutOff.Ending);

        await using var closing = RawDestination.ClosesBeforeAnswer();
        using var ended = await RawClient.ConnectAsync(closing.Endpoint);
        await ended.SendAsync(Request);
        Assert.Equal("", await ended.TakeToEndAsync());
        Assert.Equal(Ending.Finished, ended.Ending);
    }

    [Fact]
    public async Task A_half_closed_client_still_receives()
    {
        await using var destination = RawDestination.Playing(async connection =>
            await connection.SendAsync($"got {await connection.TakeToEndAsync()}"));
        using var client = await RawClient.ConnectAsync(destination.Endpoint);
        await client.SendAsync("all of it");
        client.HalfClose();
        Assert.Equal("got all of it", await client.TakeToEndAsync());
    }
}
