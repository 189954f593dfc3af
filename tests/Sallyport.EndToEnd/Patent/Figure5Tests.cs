using Sallyport.EndToEnd.Relaying;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Patent;

/// <summary>Figure 5: the relay of an HTTP request in seven steps.</summary>
public sealed class Figure5Tests(UsualRelay rig) : IClassFixture<UsualRelay>
{
    [Fact]
    public async Task Figure_5_seven_steps_in_order()
    {
        var chronicle = new Chronicle();
        await using var destination = RawDestination.Playing(async connection =>
        {
            chronicle.Note("2 the relay has read the request and turns to the destination");
            var request = await connection.TakeHeadAsync();
            if (request.StartsWith("GET /index.html HTTP/1.0\r\n", StringComparison.Ordinal)) chronicle.Note("3 the request has been rewritten");
            chronicle.Note("4 the destination has the request");
            chronicle.Note("5 the destination answers");
            await connection.SendAsync("HTTP/1.0 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nok");
            await connection.TakeToEndAsync();
        });
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        var head = $"GET http://{destination.Endpoint}/index.html HTTP/1.0\r\nHost: proxy.abc.co.jp:8080\r\n\r\n";
        await client.SendAsync(head[..^1]);
        chronicle.Note("1 the client sends the request to the aggregation port");
        await client.SendAsync(head[^1..]);
        var answer = await client.TakeThroughAsync("\r\n\r\nok");
        if (answer.Contains("\r\nVia: 1.0 r1\r\n", StringComparison.Ordinal)) chronicle.Note("6 the answer has been rewritten");
        chronicle.Note("7 the client has the answer");

        Assert.Equal(
        [
            "1 the client sends the request to the aggregation port",
            "2 the relay has read the request and turns to the destination",
            "3 the request has been rewritten",
            "4 the destination has the request",
            "5 the destination answers",
            "6 the answer has been rewritten",
            "7 the client has the answer",
        ], chronicle.Entries);
    }
}
