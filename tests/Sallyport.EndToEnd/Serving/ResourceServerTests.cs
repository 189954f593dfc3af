using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Sallyport.Serving;
using Xunit;

namespace Sallyport.EndToEnd.Serving;

public sealed partial class ResourceServerTests
{
    [Theory]
    [InlineData("/", "text/html", "<h1>home</h1>")]
    [InlineData("/a.json", "application/json", "{}")]
    [InlineData("/a.unheard-of", "application/octet-stream", "?")]
    [InlineData("/sub/../a.json", "application/json", "{}")]
    public async Task A_file_is_served_with_its_type(string target, string type, string content)
    {
        await using var served = await Small().StartAsync();

        var answer = await served.AskAsync(target);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains($"Content-Type: {type}\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + content, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Server:", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/../outside.txt")]
    [InlineData("/../inside/a.json")]
    [InlineData("/%2e%2e/outside.txt")]
    [InlineData("/..%2foutside.txt")]
    [InlineData("/sub/..%5c..%5coutside.txt")]
    [InlineData("/leak.txt")]
    [InlineData("/roundabout.txt")]
    [InlineData("/parent/outside.txt")]
    [InlineData("/circle")]
    [InlineData("/.secret")]
    [InlineData("/.git/config")]
    [InlineData("/sub/")]
    [InlineData("/absent")]
    public async Task What_is_not_below_the_directory_is_not_found(string target)
    {
        await using var served = Small();
        served.WithLink("leak.txt", served.Outside).WithLink("roundabout.txt", "leak.txt").WithLink("parent", "..").WithLink("circle", "circle");
        await served.StartAsync();

        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", await served.AskAsync(target), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_stays_inside_is_followed()
    {
        await using var served = await Small().WithLink("link.json", "sub/../a.json").StartAsync();

        Assert.EndsWith("\r\n\r\n{}", await served.AskAsync("/link.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_the_directory_is_empty_and_nobody_waits_for_its_writer()
    {
        await using var served = await Small().StartAsync();
        using (var mkfifo = Process.Start("mkfifo", Path.Join(served.Path, "pipe"))) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("Content-Length: 0\r\n", await served.AskAsync("/pipe"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("BREW")]
    public async Task Other_methods_are_told_which_ones_there_are(string method)
    {
        await using var served = await Small().StartAsync();

        var answer = await served.AskAsync("/", method: method);

        Assert.StartsWith("HTTP/1.1 405 ", answer, StringComparison.Ordinal);
        Assert.Contains("Allow: GET, HEAD\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n")]
    public async Task A_malformed_request_is_400(string request)
    {
        await using var served = await Small().StartAsync();

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", await served.AskRawAsync(request), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bytes=1-3", "206 Partial Content", "bytes 1-3/10", "123")]
    [InlineData("bytes=-2", "206 Partial Content", "bytes 8-9/10", "89")]
    [InlineData("bytes=10-", "416 Range Not Satisfiable", "bytes */10", "")]
    public async Task Ranges_are_served_and_never_compressed(string range, string status, string contentRange, string body)
    {
        await using var served = await Small().With("n.txt", "0123456789").StartAsync();

        var answer = await served.AskAsync("/n.txt", $"Range: {range}\r\nAccept-Encoding: gzip\r\n");

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", answer, StringComparison.Ordinal);
        Assert.Contains($"Content-Range: {contentRange}\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + body, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_has_the_head_of_GET_and_no_body()
    {
        await using var served = await Small().StartAsync();

        var answer = await served.AskAsync("/a.json", method: "HEAD");

        Assert.Contains("Content-Length: 2\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_answer_is_chunked_has_a_weak_validator_and_holds_the_file()
    {
        var content = new string('a', 5000);
        await using var served = await Small().With("big.txt", content).StartAsync();

        var raw = await served.AskAsync("/big.txt", "Accept-Encoding: gzip\r\n");

        Assert.Contains("Content-Encoding: gzip\r\n", raw, StringComparison.Ordinal);
        Assert.Contains("Transfer-Encoding: chunked\r\n", raw, StringComparison.Ordinal);
        Assert.Contains("Vary: Accept-Encoding\r\n", raw, StringComparison.Ordinal);
        Assert.Contains("ETag: W/\"", raw, StringComparison.Ordinal);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        await using var stream = await client.GetStreamAsync(new Uri($"http://{served.Listening}/big.txt"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        Assert.Equal(content, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Accept-Encoding: gzip\r\n")]
    public async Task A_validator_that_comes_back_saves_the_body(string fields)
    {
        await using var served = await Small().StartAsync();
        var tag = ETag().Match(await served.AskAsync("/a.json", fields)).Groups[1].Value;

        var answer = await served.AskAsync("/a.json", $"{fields}If-None-Match: {tag}\r\n");

        Assert.StartsWith("HTTP/1.1 304 Not Modified\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(tag, ETag().Match(answer).Groups[1].Value);
    }

    [Fact]
    public async Task A_listing_comes_only_when_asked_for_and_is_escaped()
    {
        await using var served = Small().With("sub/<b>&.txt", "x").With("sub/.hidden", "x");
        served.WithLink("sub/leak", served.Outside);
        await served.StartAsync(list: true);

        var answer = await served.AskAsync("/sub/");

        Assert.Contains("<a href=\"./%3Cb%3E%26.txt\">&lt;b&gt;&amp;.txt</a>", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("leak", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_request_leaves_one_line_without_its_query()
    {
        await using var served = await Small().StartAsync();

        await served.AskAsync("/a.json?token=s3cret");
        await served.AskAsync("/%22x");
        await served.StopAsync();

        Assert.Equal(2, served.Log.Count);
        Assert.EndsWith("\"GET /a.json HTTP/1.1\" 200 2", served.Log.First(), StringComparison.Ordinal);
        Assert.EndsWith("\"GET /%22x HTTP/1.1\" 404 -", served.Log.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_TLS_the_server_shows_the_certificate_of_the_files()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=www.def.co.jp", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var served = Small();
        var (certificateFile, keyFile) = (Path.Join(served.Path, "c.pem"), Path.Join(served.Path, "k.pem"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        await served.StartAsync(certificates: CertificateFiles.Load(certificateFile, keyFile));
        string? shown = null;
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, seen, _, _) =>
            {
                shown = seen!.Thumbprint;
                return true;
            },
        };
        using var client = new HttpClient(handler);

        Assert.Equal("{}", await client.GetStringAsync(new Uri($"https://{served.Listening}/a.json"), TestContext.Current.CancellationToken));
        Assert.Equal(certificate.Thumbprint, shown);
    }

    [Fact]
    public async Task A_port_in_use_and_a_missing_directory_are_named()
    {
        await using var served = await Small().StartAsync();

        var inUse = await Assert.ThrowsAsync<IOException>(() => ResourceServer.StartAsync(new ResourceOptions { Directory = served.Path, Listen = served.Listening }, _ => { }));
        var missing = await Assert.ThrowsAnyAsync<IOException>(() => ResourceServer.StartAsync(new ResourceOptions { Directory = "/absent", Listen = new IPEndPoint(IPAddress.Loopback, 0) }, _ => { }));

        Assert.Equal($"Cannot listen on {served.Listening}: the address is already in use.", inUse.Message);
        Assert.Equal("/absent is not a directory.", missing.Message);
    }

    [Fact]
    public void A_certificate_that_is_none_is_named()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "no PEM");

        var failure = Assert.Throws<IOException>(() => CertificateFiles.Load(file, file));

        File.Delete(file);
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    private static ServedDirectory Small() => new ServedDirectory()
        .With("index.html", "<h1>home</h1>").With("a.json", "{}").With("a.unheard-of", "?").With("sub/b.txt", "b").With(".secret", "s").With(".git/config", "s");

    [GeneratedRegex("ETag: (.*)\r\n")]
    private static partial Regex ETag();
}
