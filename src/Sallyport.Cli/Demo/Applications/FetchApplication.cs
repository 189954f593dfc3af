using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Sallyport.Cli.Demo.Applications;

/// <summary>An application that knows nothing of the relay but a proxy setting; it says what it got.</summary>
internal static class FetchApplication
{
    // Enough to quote an answer in a line or two.
    private const int QuotedBytes = 200;

    public static async Task RunAsync(Utf8JsonWriter json, Uri url, Uri proxy, bool gzip, string? authority, CancellationToken cancellation)
    {
        X509Certificate2? seen = null;
        using var handler = new SocketsHttpHandler { Proxy = new WebProxy(proxy), UseProxy = true, AllowAutoRedirect = false };
        if (authority is not null)
        {
            handler.SslOptions.CertificateChainPolicy = TrustOnly(authority);
            // Keeps what was shown and decides nothing: the policy above has decided.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                seen = certificate is null ? null : new X509Certificate2(certificate);
                return errors == SslPolicyErrors.None;
            };
        }
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (gzip) request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        var received = await response.Content.ReadAsByteArrayAsync(cancellation);
        var encoding = string.Join(", ", response.Content.Headers.ContentEncoding);
        var body = encoding == "gzip" ? await UnzipAsync(received, cancellation) : received;

        json.WriteNumber("status", (int)response.StatusCode);
        json.WriteString("encoding", encoding);
        // A content that was read whole is given a length by the client itself, so the field as it was sent is asked for.
        json.WriteString("framing", response.Headers.TransferEncodingChunked == true ? "chunked" : response.Content.Headers.NonValidated.Contains("Content-Length") ? "counted" : "until close");
        json.WriteString("via", Field(response, "Via"));
        json.WriteString("proxyStatus", Field(response, "Proxy-Status"));
        json.WriteNumber("received", received.Length);
        json.WriteNumber("bytes", body.Length);
        json.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(body)));
        json.WriteString("text", Encoding.Latin1.GetString(body.AsSpan(0, Math.Min(body.Length, QuotedBytes))));
        if (seen is null) return;
        json.WriteString("issuer", seen.GetNameInfo(X509NameType.SimpleName, forIssuer: true));
        json.WriteString("fingerprint", seen.GetCertHashString(HashAlgorithmName.SHA256));
        seen.Dispose();
    }

    private static string Field(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : "";

    private static X509ChainPolicy TrustOnly(string authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(authority));
        return policy;
    }

    private static async Task<byte[]> UnzipAsync(byte[] zipped, CancellationToken cancellation)
    {
        await using var unzip = new GZipStream(new MemoryStream(zipped), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        await unzip.CopyToAsync(whole, cancellation);
        return whole.ToArray();
    }
}
