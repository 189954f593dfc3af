using System.Security.Cryptography;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>Tunnels byte by byte and end by end; the same on both transports.</summary>
public abstract class TunnelTests(RelayFixture rig)
{
    [Fact]
    public async Task Bytes_sent_with_the_CONNECT_are_delivered_behind_its_answer()
    {
        await using var destination = RawDestination.Playing(async connection => await connection.SendAsync($"got {await connection.TakeThroughAsync("early\n")}"));
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        await client.SendAsync(Connect(destination) + "early\n");
        var head = await client.TakeHeadAsync();
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("got early\n", await client.TakeToEndAsync());
    }

    [Fact]
    public async Task A_destination_that_speaks_first_is_heard()
    {
        await using var destination = RawDestination.Playing(async connection =>
        {
            await connection.SendAsync("220 ready\r\n");
            await connection.TakeToEndAsync();
        });
        using var client = await OpenAsync(destination);
        Assert.Equal("220 ready\r\n", await client.TakeThroughAsync("\n"));
    }

    [Fact]
    public async Task The_clients_end_reaches_the_destination_and_the_other_direction_goes_on()
    {
        await using var destination = RawDestination.Playing(async connection => await connection.SendAsync($"got {await connection.TakeToEndAsync()}"));
        using var client = await OpenAsync(destination);
        await client.SendAsync("all of it");
        client.HalfClose();
        Assert.Equal("got all of it", await client.TakeToEndAsync());
        Assert.Equal(Ending.Finished, client.Ending);
    }

    [Fact]
    public async Task The_destinations_end_reaches_the_client_and_the_other_direction_goes_on()
    {
        await using var destination = RawDestination.Playing(async connection =>
        {
            await connection.SendAsync("bye");
            connection.HalfClose();
            await connection.TakeToEndAsync();
        });
        using var client = await OpenAsync(destination);
        Assert.Equal("bye", await client.TakeToEndAsync());
        await client.SendAsync("still here");
        client.HalfClose();
        var seen = await destination.ConnectionAsync(1);
        await Testing.Deadline.Until(() => seen.Ending == Ending.Finished, "the client's end at the destination");
        Assert.Equal("still here", seen.ReceivedText);
    }

    [Fact]
    public async Task A_reset_of_the_destination_is_a_reset_for_the_client()
    {
        await using var destination = RawDestination.Playing(async connection =>
        {
            await connection.TakeAsync(1);
            connection.Reset();
        });
        using var client = await OpenAsync(destination);
        await client.SendAsync("x");
        await client.TakeToEndAsync();
        Assert.Equal(Ending.Reset, client.Ending);
    }

    [Fact]
    public async Task A_reset_of_the_client_is_a_reset_for_the_destination()
    {
        await using var destination = RawDestination.Playing(async connection => await connection.TakeToEndAsync());
        using var client = await OpenAsync(destination);
        await client.SendAsync("x");
        var seen = await destination.ConnectionAsync(1);
        await Testing.Deadline.Until(() => seen.ReceivedText == "x", "the client's byte");
        client.Reset();
        await Testing.Deadline.Until(() => seen.Ending != Ending.None, "the end at the destination");
        Assert.Equal(Ending.Reset, seen.Ending);
    }

    [Fact]
    public async Task Both_directions_carry_megabytes_at_the_same_time()
    {
        const int size = 8 * 1024 * 1024;
        byte[] up = RandomNumberGenerator.GetBytes(size), down = RandomNumberGenerator.GetBytes(size);
        string? arrivedUp = null;
        await using var destination = RawDestination.Playing(async connection =>
        {
            // Nothing may come together with the answer to CONNECT, which is read by other means.
            var stream = connection.AsStream();
            await stream.ReadExactlyAsync(new byte[1]);
            var sending = stream.WriteAsync(down).AsTask();
            arrivedUp = await DigestAsync(stream, size);
            await sending;
        });
        using var client = await OpenAsync(destination);
        var stream = client.AsStream();
        await client.SendAsync("!");
        var sending = stream.WriteAsync(up, TestContext.Current.CancellationToken).AsTask();
        Assert.Equal(Hex(down), await DigestAsync(stream, size));
        await sending;
        await Testing.Deadline.Until(() => arrivedUp is not null, "all bytes at the destination");
        Assert.Equal(Hex(up), arrivedUp);
    }

    private async Task<RawConnection> OpenAsync(RawDestination destination)
    {
        var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        await client.SendAsync(Connect(destination));
        Assert.StartsWith("HTTP/1.1 200 ", await client.TakeHeadAsync(), StringComparison.Ordinal);
        return client;
    }

    private static string Connect(RawDestination destination) => $"CONNECT {destination.Endpoint} HTTP/1.1\r\nHost: {destination.Endpoint}\r\n\r\n";

    private static string Hex(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private static async Task<string> DigestAsync(Stream stream, int size)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        for (var left = size; left > 0;)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left)));
            if (count == 0) throw new EndOfStreamException($"{left} of {size} bytes are missing.");
            digest.AppendData(buffer, 0, count);
            left -= count;
        }
        return Convert.ToHexString(digest.GetHashAndReset());
    }
}

/// <inheritdoc/>
public sealed class UsualTunnelTests(UsualRelay rig) : TunnelTests(rig), IClassFixture<UsualRelay>;

/// <inheritdoc/>
public sealed class PortableTunnelTests(PortableRelay rig) : TunnelTests(rig), IClassFixture<PortableRelay>;
