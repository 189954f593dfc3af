using Sallyport.Testing.Programs;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>How a relay that was told to end does end: nothing is cut off before its time, and nothing is waited for in vain.</summary>
public sealed class DrainingTests
{
    [Fact]
    public async Task A_port_that_another_relay_picked_is_in_use()
    {
        await using var first = await TestRelay.StartAsync();
        var second = await ProductProcess.RunAsync("relay", "--listen", $"{first.Endpoint}");
        Assert.Equal(1, second.ExitCode);
        Assert.StartsWith($"sallyport: cannot listen on {first.Endpoint}: ", second.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public async Task After_the_exchange_under_way_its_connection_ends_and_the_exit_code_is_0(Signal signal)
    {
        var finish = new TaskCompletionSource();
        await using var destination = TwoHalves(finish);
        await using var relay = await TestRelay.StartAsync();
        using var client = await BeginAsync(relay, destination);
        relay.Send(signal);
        finish.SetResult();
        Assert.Equal("again", await client.TakeToEndAsync());
        Assert.Equal(Ending.Finished, client.Ending);
        client.Dispose();
        Assert.Equal(0, await relay.ExitCodeAsync());
    }

    [Fact]
    public async Task The_grace_period_is_as_long_as_was_said()
    {
        var finish = new TaskCompletionSource();
        await using var destination = TwoHalves(finish);
        await using var relay = await TestRelay.StartAsync("--grace", "10m");
        using var client = await BeginAsync(relay, destination);
        relay.Send(Signal.Terminate);
        // Longer than the two seconds after which a command's own runtime might end the process.
        await Assert.ThrowsAsync<TimeoutException>(() => relay.ExitCodeAsync(TimeSpan.FromSeconds(3)));
        finish.SetResult();
        Assert.Equal("again", await client.TakeToEndAsync());
        client.Dispose();
        Assert.Equal(0, await relay.ExitCodeAsync());
    }

    private static async Task<RawConnection> BeginAsync(ProductProcess relay, RawDestination destination)
    {
        var client = await RawClient.ConnectAsync(relay.Endpoint);
        await client.SendAsync($"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.TakeThroughAsync("first");
        return client;
    }

    private static RawDestination TwoHalves(TaskCompletionSource finish) => RawDestination.Playing(async connection =>
    {
        await RawDestination.TakeRequestAsync(connection);
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
        await finish.Task;
        await connection.SendAsync("again");
    });
}
