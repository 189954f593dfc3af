using Sallyport.EndToEnd.Relaying;
using Sallyport.Testing.Programs;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Patent;

/// <summary>Claim 3: once the destination's permission has come back the connection is kept, and that same connection carries all further data.</summary>
public sealed class Claim3Tests(UsualRelay rig) : IClassFixture<UsualRelay>
{
    [Fact]
    public async Task Claim_3_a_tunnel_is_one_connection_at_the_destination_from_first_to_last_byte()
    {
        await using var destination = RawDestination.Playing(async connection =>
        {
            // Answers with its own number and the other side's port: the connection's identity.
            while (true) await connection.SendAsync($"{await connection.TakeThroughAsync("\n")}on {connection.Number} from {connection.Peer.Port}\n");
        });
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        await client.SendAsync($"CONNECT {destination.Endpoint} HTTP/1.0\r\n\r\n");
        await client.TakeHeadAsync();
        var identity = "";
        for (var i = 0; i < 50; i++)
        {
            await client.SendAsync($"data {i}\n");
            Assert.Equal($"data {i}\n", await client.TakeThroughAsync("\n"));
            var told = await client.TakeThroughAsync("\n");
            if (i == 0) identity = told;
            Assert.Equal(identity, told);
        }
        Assert.Equal($"on 1 from {destination.Connections[0].Peer.Port}\n", identity);
        Assert.Single(destination.Connections);
    }

    [Fact]
    public async Task Claim_3_requests_one_after_the_other_share_one_connection_at_the_destination()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        for (var i = 1; i <= 20; i++)
        {
            await client.SendAsync($"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: {destination.Endpoint}\r\n\r\n");
            Assert.EndsWith($"\r\n\r\n1.{i}", await client.TakeThroughAsync($"\r\n\r\n1.{i}"), StringComparison.Ordinal);
        }
        Assert.Single(destination.Connections);
    }

    [Fact]
    public async Task Claim_3_holds_through_the_agent_too()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        await using var agent = await ProductProcess.StartAsync("agent", "--relay", $"http://{rig.Relay.Endpoint}", "--http", "127.0.0.1:0", "--wire", "patent");
        using var application = await RawClient.ConnectAsync(agent.Endpoint);
        for (var i = 1; i <= 5; i++)
        {
            await application.SendAsync($"GET / HTTP/1.1\r\nHost: {destination.Endpoint}\r\n\r\n");
            await application.TakeThroughAsync($"\r\n\r\n1.{i}");
        }
        Assert.Single(destination.Connections);
    }
}
