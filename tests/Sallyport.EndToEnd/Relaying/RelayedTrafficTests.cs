using System.Security.Cryptography;
using Xunit;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>What people do all day, with curl and nginx on either side of the relay; the same on both transports.</summary>
public abstract class RelayedTrafficTests(NginxBehindRelay rig)
{
    /// <summary>More than all buffers on the way together, so that every stage has to wait for the next one.</summary>
    private const int LargeSize = 50 * 1000 * 1000;

    private string Site => $"http://{rig.Nginx.Endpoint}";

    [Fact]
    public async Task A_file_arrives_whole_with_the_relays_name_in_Via()
    {
        var answer = await CurlAsync("-i", $"{Site}/hello.txt");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nVia: 1.1 r1\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhello from inside\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_destination_sees_its_own_Host_and_the_route()
    {
        var seen = await CurlAsync("-H", "Proxy-Connection: keep-alive", "-A", "tester/1", $"{Site}/head?q=a%2Fb%20c");
        Assert.StartsWith($"GET /head?q=a%2Fb%20c HTTP/1.1\nHost: {rig.Nginx.Endpoint}\nVia: 1.1 r1\n", seen, StringComparison.Ordinal);
        Assert.Contains("\nUser-Agent: tester/1\nX-Forwarded-For: \n", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_HEAD_has_the_head_of_the_answer_and_no_body()
    {
        var answer = await CurlAsync("-I", $"{Site}/hello.txt", $"{Site}/connection");
        Assert.Contains("\r\nContent-Length: 18\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("hello", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_is_answered_with_that_part() =>
        Assert.Equal("from 206", await CurlAsync("-r", "6-9", "-w", " %{http_code}", $"{Site}/hello.txt"));

    [Fact]
    public async Task An_unchanged_file_is_304_without_a_body()
    {
        var head = await CurlAsync("-I", $"{Site}/hello.txt");
        var tag = head.Split('\n').Single(line => line.StartsWith("ETag: ", StringComparison.Ordinal))["ETag: ".Length..].Trim();
        Assert.Equal("304 0", await CurlAsync("-H", $"If-None-Match: {tag}", "-w", "%{http_code} %{size_download}", $"{Site}/hello.txt"));
    }

    [Fact]
    public async Task Several_requests_of_one_client_share_its_connection_and_one_at_the_destination()
    {
        var answers = await CurlAsync("-w", "%{num_connects}\n", $"{Site}/connection", $"{Site}/connection", $"{Site}/connection");
        var lines = answers.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["1", "0", "0"], [lines[1], lines[3], lines[5]]);
        var serials = new[] { lines[0], lines[2], lines[4] }.Select(line => line.Split('.')[0]);
        Assert.Single(serials.Distinct());
    }

    [Fact]
    public async Task A_chunked_answer_and_a_closing_one_arrive_whole()
    {
        var chunked = await CurlAsync("-i", $"{Site}/chunked/hello.txt");
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", chunked, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhello from inside\n", chunked, StringComparison.Ordinal);
        Assert.Equal("hello from inside\n", await CurlAsync($"{Site}/close/hello.txt"));
    }

    [Fact]
    public async Task An_old_client_gets_a_chunked_answer_without_chunks()
    {
        var answer = await CurlAsync("-0", "-i", $"{Site}/chunked/hello.txt");
        Assert.DoesNotContain("Transfer-Encoding", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhello from inside\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_answer_passes_as_it_is()
    {
        Assert.Contains("\r\nContent-Encoding: gzip\r\n", await CurlAsync("-I", "-H", "Accept-Encoding: gzip", $"{Site}/gzip/hello.txt"), StringComparison.Ordinal);
        Assert.Equal("hello from inside\n", await CurlAsync("--compressed", $"{Site}/gzip/hello.txt"));
    }

    [Theory]
    [InlineData("counted", "POST")]
    [InlineData("counted", "PUT")]
    [InlineData("chunked", "POST")]
    [InlineData("chunked", "PUT")]
    public async Task A_small_upload_arrives_with_its_framing(string framing, string method)
    {
        string[] coding = framing == "chunked" ? ["-H", "Transfer-Encoding: chunked"] : [];
        var answer = await CurlAsync(["-X", method, .. coding, "--data-binary", "three words here", $"{rig.Digests.Url}/upload"]);
        Assert.Equal(DigestServer.Expected(method, framing, "three words here"u8.ToArray()), answer);
    }

    [Fact]
    public async Task An_upload_from_a_pipe_is_chunked_all_the_way()
    {
        Installed.OrSkip("curl", "nginx");
        var result = await Curl.ThroughAsync(rig.Relay.Endpoint, ["-T", "-", $"{rig.Digests.Url}/pipe"], "from a pipe");
        Assert.Equal(DigestServer.Expected("PUT", "chunked", "from a pipe"u8.ToArray()), result.MustSucceed().Output);
    }

    [Theory]
    [InlineData("counted")]
    [InlineData("chunked")]
    public async Task Fifty_megabytes_up_are_the_same_bytes(string framing)
    {
        using var folder = new Testing.TemporaryFolder();
        var bytes = RandomNumberGenerator.GetBytes(LargeSize);
        string[] coding = framing == "chunked" ? ["-H", "Transfer-Encoding: chunked"] : [];
        var answer = await CurlAsync([.. coding, "-T", folder.Write("large.bin", bytes), $"{rig.Digests.Url}/large"]);
        Assert.Equal(DigestServer.Expected("PUT", framing, bytes), answer);
    }

    [Theory]
    [InlineData("", "http")]
    [InlineData("chunked/", "http")]
    [InlineData("", "https")]
    public async Task Fifty_megabytes_down_are_the_same_bytes(string place, string scheme)
    {
        Installed.OrSkip("curl", "nginx");
        using var folder = new Testing.TemporaryFolder();
        var bytes = RandomNumberGenerator.GetBytes(LargeSize);
        var name = $"large-{Guid.NewGuid():N}.bin";
        await File.WriteAllBytesAsync(Path.Combine(rig.Nginx.Site, name), bytes, TestContext.Current.CancellationToken);
        var target = folder.PathOf("arrived.bin");
        var site = scheme == "https" ? $"https://{rig.Nginx.TlsEndpoint}" : Site;
        await CurlAsync("--cacert", rig.Nginx.AuthorityFile, "-o", target, $"{site}/{place}{name}");
        await using var arrived = File.OpenRead(target);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes)), Convert.ToHexString(await SHA256.HashDataAsync(arrived, TestContext.Current.CancellationToken)));
        File.Delete(Path.Combine(rig.Nginx.Site, name));
    }

    [Fact]
    public async Task Tls_goes_through_and_the_client_checks_the_destinations_own_certificate()
    {
        var url = $"https://{rig.Nginx.TlsEndpoint}/hello.txt";
        Assert.Equal("hello from inside\n", await CurlAsync("--cacert", rig.Nginx.AuthorityFile, url));
        // 60: the peer's certificate cannot be authenticated; so it was the destination's own, which this client does not know.
        Assert.Equal(60, (await Curl.ThroughAsync(rig.Relay.Endpoint, url)).ExitCode);
    }

    private async Task<string> CurlAsync(params string[] arguments)
    {
        Installed.OrSkip("curl", "nginx");
        return (await Curl.ThroughAsync(rig.Relay.Endpoint, arguments)).MustSucceed().Output;
    }
}

/// <inheritdoc/>
public sealed class UsualTrafficTests(NginxBehindUsualRelay rig) : RelayedTrafficTests(rig), IClassFixture<NginxBehindUsualRelay>;

/// <inheritdoc/>
public sealed class PortableTrafficTests(NginxBehindPortableRelay rig) : RelayedTrafficTests(rig), IClassFixture<NginxBehindPortableRelay>;
