using System.Net;
using Sallyport.Client;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.EndToEnd.Client;

public sealed class RelayHandlerTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    [Theory]
    [InlineData("http://www.def.co.jp/index.html", "1.0", "GET http://www.def.co.jp/index.html HTTP/1.0")]
    [InlineData("http://www.def.co.jp:81/index.html", "1.0", "GET http://www.def.co.jp:81/index.html HTTP/1.0")]
    [InlineData("http://www.def.co.jp:81/index.html?a=b%20c", "1.1", "GET http://www.def.co.jp:81/index.html?a=b%20c HTTP/1.1")]
    [InlineData("http://127.0.0.1:81/", "1.1", "GET http://127.0.0.1:81/ HTTP/1.1")]
    [InlineData("http://[::1]:81/", "1.1", "GET http://[::1]:81/ HTTP/1.1")]
    public async Task The_patent_form_is_figure_6_byte_for_byte(string url, string version, string line)
    {
        using var relay = new RecordingRelay();
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = Version.Parse(version) };

        var head = await SendAsync(relay, request, WireForm.Patent);

        Assert.Equal($"{line}\r\nHost: 127.0.0.1:{relay.Port}\r\n\r\n", head);
        Assert.Null(request.Headers.Host);
    }

    [Theory]
    [InlineData("http://www.def.co.jp/index.html", "1.1", "GET http://www.def.co.jp/index.html HTTP/1.1\r\nHost: www.def.co.jp\r\n\r\n")]
    [InlineData("http://www.def.co.jp:81/index.html", "1.0", "GET http://www.def.co.jp:81/index.html HTTP/1.0\r\nHost: www.def.co.jp:81\r\n\r\n")]
    [InlineData("http://localhost:81/", "2.0", "GET http://localhost:81/ HTTP/1.1\r\nHost: localhost:81\r\n\r\n")]
    public async Task The_RFC_form_names_the_destination_in_target_and_Host(string url, string version, string expected)
    {
        using var relay = new RecordingRelay();
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = Version.Parse(version) };

        Assert.Equal(expected, await SendAsync(relay, request, WireForm.Rfc));
    }

    [Fact]
    public async Task An_answer_of_the_relay_to_a_plain_request_is_returned_as_it_came()
    {
        using var relay = new RecordingRelay();
        using var client = new HttpClient(new RelayHandler(relay.Url));
        var taken = relay.TakeAsync("HTTP/1.1 403 Forbidden\r\nProxy-Status: r; error=http_request_denied\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        using var answer = await client.GetAsync(new Uri("http://www.def.co.jp/"), relay.Deadline);

        await taken;
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("r; error=http_request_denied", answer.Headers.GetValues("Proxy-Status").Single());
    }

    [Theory]
    [InlineData("https://www.xyz.com/", WireForm.Rfc, "CONNECT www.xyz.com:443 HTTP/1.1\r\nHost: www.xyz.com:443\r\n\r\n")]
    [InlineData("https://127.0.0.1:8443/", WireForm.Rfc, "CONNECT 127.0.0.1:8443 HTTP/1.1\r\nHost: 127.0.0.1:8443\r\n\r\n")]
    [InlineData("https://www.xyz.com/", WireForm.Patent, "CONNECT www.xyz.com:443 HTTP/1.0\r\nHost: 127.0.0.1:{0}\r\n\r\n")]
    public async Task A_refused_tunnel_for_https_says_who_refused_and_why(string url, WireForm wire, string expected)
    {
        using var relay = new RecordingRelay();
        using var client = new HttpClient(new RelayHandler(relay.Url, wire));
        var taken = relay.TakeAsync("HTTP/1.1 403 Forbidden\r\nProxy-Status: relay-1; error=http_request_denied; details=\"no rule, none\"\r\nContent-Length: 0\r\n\r\n");

        var refusal = await Assert.ThrowsAsync<RelayRefusedException>(() => client.GetAsync(new Uri(url), relay.Deadline));

        Assert.Equal(expected.Replace("{0}", $"{relay.Port}", StringComparison.Ordinal), await taken);
        Assert.Equal(HttpStatusCode.Forbidden, refusal.StatusCode);
        Assert.Equal(("relay-1", "http_request_denied", "no rule, none"), (refusal.RefusedBy, refusal.ProxyError, refusal.Details));
    }

    [Fact]
    public async Task A_redirect_from_http_to_https_goes_through_a_tunnel_too()
    {
        using var relay = new RecordingRelay();
        using var client = new HttpClient(new RelayHandler(relay.Url));
        var both = Task.Run(async () => (
            await relay.TakeAsync("HTTP/1.1 302 Found\r\nLocation: https://www.xyz.com/b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            await relay.TakeAsync("HTTP/1.1 502 Bad Gateway\r\n\r\n")));

        var refusal = await Assert.ThrowsAsync<RelayRefusedException>(() => client.GetAsync(new Uri("http://www.def.co.jp/a"), relay.Deadline));

        Assert.Equal(HttpStatusCode.BadGateway, refusal.StatusCode);
        Assert.StartsWith("CONNECT www.xyz.com:443 ", (await both).Item2, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Host_field_that_contradicts_the_URL_is_refused_before_anything_is_sent()
    {
        using var relay = new RecordingRelay();
        using var client = new HttpClient(new RelayHandler(relay.Url));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://www.def.co.jp/") { Headers = { Host = "other.example" } };

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, relay.Deadline));

        Assert.Contains("other.example", failure.Message, StringComparison.Ordinal);
        Assert.Equal("other.example", request.Headers.Host);
    }

    [Fact]
    public async Task HTTP_3_and_nothing_lower_is_refused_because_QUIC_would_pass_the_relay_by()
    {
        using var client = new HttpClient(new RelayHandler(new Uri("http://127.0.0.1:9")));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://www.xyz.com/") { Version = HttpVersion.Version30, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, TestContext.Current.CancellationToken));

        Assert.Contains("HTTP/3.0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_synchronous_request_works_too()
    {
        using var relay = new RecordingRelay();
        using var client = new HttpClient(new RelayHandler(relay.Url, WireForm.Patent));
        var taken = relay.TakeAsync(Good);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://www.def.co.jp/");

        using var answer = client.Send(request, relay.Deadline);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string> SendAsync(RecordingRelay relay, HttpRequestMessage request, WireForm wire)
    {
        using var client = new HttpClient(new RelayHandler(relay.Url, wire));
        var taken = relay.TakeAsync(Good);
        using var answer = await client.SendAsync(request, relay.Deadline);
        Assert.Equal("ok", await answer.Content.ReadAsStringAsync(relay.Deadline));
        return await taken;
    }
}
