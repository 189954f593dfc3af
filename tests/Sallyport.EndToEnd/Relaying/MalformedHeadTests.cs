using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>Heads that are refused: each gets its status and the connection's end, and nothing of it reaches the destination.</summary>
public sealed class MalformedHeadTests(UsualRelay rig) : IClassFixture<UsualRelay>
{
    /// <summary>Status, and a head in which <c>DEST</c> stands for a destination that is there and allowed.</summary>
    public static TheoryData<int, string> Heads => new()
    {
        { 400, "GET http://DEST/ HTTP/1.1\r\n\r\n" },
        { 400, "GET http://DEST/ HTTP/1.1\r\nHost: DEST\r\nHost: DEST\r\n\r\n" },
        { 400, "GET http://DEST/ HTTP/1.1\r\nHost: a b\r\n\r\n" },
        { 400, "GET http://DEST/ HTTP/1.1\nHost: DEST\n\n" },
        { 400, "GET http://DEST/ HTTP/1.1\r\nHost: DEST\r\nX: a\rb\r\n\r\n" },
        { 400, "GET http://DEST/ HTTP/1.1\r\nHost: DEST\r\nX: a\0b\r\n\r\n" },
        { 400, "GET http://DEST/ HTTP/1.1\r\nHost : DEST\r\n\r\n" },
        { 400, "GET http://DEST/ HTTP/1.1\r\nHost: DEST\r\nX: a\r\n folded\r\n\r\n" },
        { 400, "GET http://DEST/ HTTP/1.1\r\nHost: DEST\r\nno colon\r\n\r\n" },
        { 400, "GET http://DEST/ HTTP/1.1\r\nHost: DEST\r\n: no name\r\n\r\n" },
        { 400, "GET  http://DEST/ HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 400, "GET http://DEST/\r\nHost: DEST\r\n\r\n" },
        { 400, "G(T http://DEST/ HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 400, "GET http://DEST/#part HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 400, "GET http://user@DEST/ HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 400, "GET http://DEST0000/ HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 400, "GET http://127.1:PORT/ HTTP/1.1\r\nHost: 127.1:PORT\r\n\r\n" },
        { 400, "GET http://2130706433:PORT/ HTTP/1.1\r\nHost: 2130706433:PORT\r\n\r\n" },
        { 400, "GET http://0x7f000001:PORT/ HTTP/1.1\r\nHost: x\r\n\r\n" },
        { 400, "POST http://DEST/ HTTP/1.1\r\nHost: DEST\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { 400, "POST http://DEST/ HTTP/1.1\r\nHost: DEST\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc" },
        { 400, "POST http://DEST/ HTTP/1.1\r\nHost: DEST\r\nContent-Length: +3\r\n\r\nabc" },
        { 400, "POST http://DEST/ HTTP/1.1\r\nHost: DEST\r\nContent-Length: 0x3\r\n\r\nabc" },
        { 400, "POST http://DEST/ HTTP/1.1\r\nHost: DEST\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" },
        { 400, "POST http://DEST/ HTTP/1.0\r\nHost: DEST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { 400, "CONNECT DEST/ HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 400, "CONNECT 127.0.0.1 HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 400, "CONNECT 127.0.0.1:0 HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 400, "CONNECT DEST HTTP/1.1\r\nHost: DEST\r\nContent-Length: 3\r\n\r\nabc" },
        { 414, "GET http://DEST/LONG HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 417, "POST http://DEST/ HTTP/1.1\r\nHost: DEST\r\nExpect: the-unexpected\r\nContent-Length: 3\r\n\r\nabc" },
        { 431, "GET http://DEST/ HTTP/1.1\r\nHost: DEST\r\nX: LONG\r\n\r\n" },
        { 431, "GET http://DEST/ HTTP/1.1\r\nHost: DEST\r\nMANY\r\n" },
        { 501, "POST http://DEST/ HTTP/1.1\r\nHost: DEST\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
        { 501, "GET https://DEST/ HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 501, "GET ftp://DEST/ HTTP/1.1\r\nHost: DEST\r\n\r\n" },
        { 505, "GET http://DEST/ HTTP/2.0\r\nHost: DEST\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task A_malformed_head_is_refused_and_nothing_reaches_the_destination(int status, string head)
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        var text = head.Replace("DEST", $"{destination.Endpoint}", StringComparison.Ordinal)
            .Replace("PORT", $"{destination.Port}", StringComparison.Ordinal)
            .Replace("LONG", new string('x', 20_000), StringComparison.Ordinal)
            .Replace("MANY\r\n", string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: y\r\n")), StringComparison.Ordinal);
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        // What follows on the same connection must not be answered either: the framing is lost.
        await client.SendAsync($"{text}GET http://{destination.Endpoint}/next HTTP/1.1\r\nHost: {destination.Endpoint}\r\n\r\n");
        var answer = await client.TakeToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nProxy-Status: r1; error=http_", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(1, answer.Split('\n').Count(line => line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)));
        Assert.Empty(destination.Connections);
    }

    [Fact]
    public async Task A_request_line_of_8000_bytes_passes()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        var path = new string('x', 8000);
        await client.SendAsync($"GET http://{destination.Endpoint}/{path} HTTP/1.1\r\nHost: {destination.Endpoint}\r\n\r\n");
        await client.TakeThroughAsync("1.1");
        Assert.StartsWith($"GET /{path} HTTP/1.1\r\n", destination.Connections[0].ReceivedText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Odd_paths_and_methods_pass_byte_for_byte()
    {
        await using var destination = RawDestination.KeepsConnectionsCounted();
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        await client.SendAsync($"PURGE http://{destination.Endpoint}/a/../b//%2e%2E/c%00?x=%zz&y=[]|{{}} HTTP/1.1\r\nHost: {destination.Endpoint}\r\nX-Odd: \xe9\xff\r\n\r\n");
        await client.TakeThroughAsync("1.1");
        var seen = destination.Connections[0].ReceivedText;
        Assert.StartsWith("PURGE /a/../b//%2e%2E/c%00?x=%zz&y=[]|{} HTTP/1.1\r\n", seen, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Odd: \xe9\xff\r\n", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_of_the_hop_stay_on_their_hop()
    {
        await using var destination = RawDestination.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: X-Hop\r\nX-Hop: down\r\nKeep-Alive: timeout=5\r\nX-Far: down\r\n\r\n");
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        await client.SendAsync($"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: {destination.Endpoint}\r\nConnection: X-Hop, Host\r\nX-Hop: up\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\nX-Far: up\r\n\r\n");
        var down = await client.TakeHeadAsync();
        var up = destination.Connections[0].ReceivedText;
        Assert.Equal($"GET / HTTP/1.1\r\nHost: {destination.Endpoint}\r\nX-Far: up\r\nVia: 1.1 r1\r\n\r\n", up);
        Assert.Contains("\r\nX-Far: down\r\n", down, StringComparison.Ordinal);
        Assert.DoesNotContain("Hop", down, StringComparison.Ordinal);
        Assert.DoesNotContain("Keep-Alive", down, StringComparison.Ordinal);
    }
}
