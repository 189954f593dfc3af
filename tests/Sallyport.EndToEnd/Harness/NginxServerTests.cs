using Sallyport.Testing.Programs;
using Sallyport.Testing.Raw;
using Xunit;

namespace Sallyport.EndToEnd.Harness;

/// <summary>What tests expect of the real destination, asked of it directly.</summary>
public sealed class NginxServerTests
{
    [Fact]
    public async Task Nginx_serves_files_parts_encodings_and_connection_counts()
    {
        Assert.SkipWhen(NginxServer.ReasonToSkip is not null, NginxServer.ReasonToSkip ?? "");
        await using var nginx = await NginxServer.StartAsync();
        var whole = await GetAsync(nginx, "/hello.txt");
        Assert.Contains("Content-Length: 18\r\n", whole, StringComparison.Ordinal);
        Assert.EndsWith("hello from inside\n", whole, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhello", await GetAsync(nginx, "/hello.txt", "Range: bytes=0-4"), StringComparison.Ordinal);
        Assert.Contains("Content-Encoding: gzip\r\n", await GetAsync(nginx, "/gzip/hello.txt", "Accept-Encoding: gzip"), StringComparison.Ordinal);
        Assert.Contains("Transfer-Encoding: chunked\r\n", await GetAsync(nginx, "/chunked/hello.txt"), StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", await GetAsync(nginx, "/close/hello.txt"), StringComparison.Ordinal);
        Assert.Contains("GET /head HTTP/1.1\nHost: inside.test\nVia: 1.1 r\n", await GetAsync(nginx, "/head", "Via: 1.1 r"), StringComparison.Ordinal);

        using var kept = await RawClient.ConnectAsync(nginx.Endpoint);
        await kept.SendAsync("GET /connection HTTP/1.1\r\nHost: x\r\n\r\nGET /connection HTTP/1.1\r\nHost: x\r\n\r\n");
        await kept.TakeThroughAsync(".1\n");
        await kept.TakeThroughAsync(".2\n");
        Assert.Contains(nginx.AccessLog, line => line.Contains("GET /head", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nginx_over_tls_is_trusted_through_the_test_authority_alone()
    {
        var reason = NginxServer.ReasonToSkip ?? ForeignProgram.ReasonToSkip("curl");
        Assert.SkipWhen(reason is not null, reason ?? "");
        await using var nginx = await NginxServer.StartAsync();
        var url = $"https://localhost:{nginx.TlsEndpoint.Port}/hello.txt";
        var trusting = await ForeignProgram.RunAsync("curl", "-q", "-sS", "--noproxy", "*", "--cacert", nginx.AuthorityFile, url);
        Assert.Equal("hello from inside\n", trusting.MustSucceed().Output);
        var untrusting = await ForeignProgram.RunAsync("curl", "-q", "-sS", "--noproxy", "*", url);
        // 60: the peer's certificate cannot be authenticated with known authorities.
        Assert.Equal(60, untrusting.ExitCode);
    }

    private static async Task<string> GetAsync(NginxServer nginx, string path, params string[] fields)
    {
        using var client = await RawClient.ConnectAsync(nginx.Endpoint);
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: inside.test\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n");
        client.HalfClose();
        return await client.TakeToEndAsync();
    }
}
