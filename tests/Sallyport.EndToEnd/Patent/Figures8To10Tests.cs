using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Sallyport.Client;
using Sallyport.EndToEnd.Relaying;
using Sallyport.Testing;
using Sallyport.Testing.Raw;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.EndToEnd.Patent;

/// <summary>Figures 8, 9 and 10: the tunnel, from the connection request to opaque data, and its refusal.</summary>
public sealed class Figures8To10Tests(UsualRelay rig) : IClassFixture<UsualRelay>
{
    [Fact]
    public async Task Figures_8_and_9_steps_601_to_606_in_order()
    {
        var chronicle = new Chronicle();
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("www.xyz.com");
        await using var destination = RawDestination.Playing(async connection =>
        {
            chronicle.Note("602 connection to the destination's TLS socket");
            await using var tls = new SslStream(connection.AsStream());
            await tls.AuthenticateAsServerAsync(certificate);
            var data = new byte["data up".Length];
            await tls.ReadExactlyAsync(data);
            chronicle.Note("605 data to the destination");
            await tls.WriteAsync("data down"u8.ToArray());
            await tls.ShutdownAsync();
        });
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        chronicle.Note("601 connection request");
        await client.SendAsync($"CONNECT {destination.Endpoint} HTTP/1.0\r\nHost: proxy.abc.co.jp\r\n\r\n");
        var completion = await client.TakeHeadAsync();
        // The relay may know of the connection before the destination's program does.
        await destination.ConnectionAsync(1);
        await Deadline.Until(() => chronicle.Entries.Count == 2, "602");
        if (completion.Split(' ')[1] == "200") chronicle.Note("603 completion");
        await using var tls = new SslStream(client.AsStream(), false, (_, presented, _, _) => presented!.GetCertHashString() == certificate.GetCertHashString());
        await tls.AuthenticateAsClientAsync("www.xyz.com");
        chronicle.Note("604 handshake");
        await tls.WriteAsync("data up"u8.ToArray(), TestContext.Current.CancellationToken);
        var data = new byte["data down".Length];
        await tls.ReadExactlyAsync(data, TestContext.Current.CancellationToken);
        chronicle.Note("606 data to the client");

        Assert.Equal(
        [
            "601 connection request",
            "602 connection to the destination's TLS socket",
            "603 completion",
            "604 handshake",
            "605 data to the destination",
            "606 data to the client",
        ], chronicle.Entries);
    }

    [Theory]
    [InlineData("CONNECT DEST HTTP/1.0\r\n\r\n")]
    [InlineData("CONNECT DEST HTTP/1.0\r\nHost: proxy.abc.co.jp:8080\r\n\r\n")]
    [InlineData("CONNECT DEST HTTP/1.1\r\nHost: DEST\r\n\r\n")]
    [InlineData("CONNECT DEST HTTP/1.1\r\nHost: proxy.abc.co.jp\r\nUser-Agent: a\r\n\r\n")]
    public async Task Figure_10_only_the_first_line_counts_and_every_byte_behind_it_is_opaque(string request)
    {
        var everything = string.Concat(Enumerable.Range(0, 256).Select(i => (char)i)) + "GET / HTTP/1.1\r\nHost: evil\r\n\r\n0\r\n\r\n";
        await using var destination = RawDestination.Playing(async connection => await connection.SendAsync(await connection.TakeAsync(everything.Length)));
        using var client = await RawClient.ConnectAsync(rig.Relay.Endpoint);
        await client.SendAsync(request.Replace("DEST", $"{destination.Endpoint}", StringComparison.Ordinal));
        Assert.Matches("^HTTP/1\\.[01] 200 ", await client.TakeHeadAsync());
        await client.SendAsync(everything);
        Assert.Equal(everything, await client.TakeToEndAsync());
        Assert.Equal(everything, destination.Connections[0].ReceivedText);
    }

    [Fact]
    public async Task A_destination_that_refuses_the_client_is_told_the_reason_and_no_tunnel_stands()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var answer = await RawClient.ExchangeAsync(rig.Relay.Endpoint, $"CONNECT {closed.LocalEndPoint} HTTP/1.0\r\nHost: proxy.abc.co.jp\r\n\r\nearly data");
        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nProxy-Status: r1; error=connection_refused", answer, StringComparison.Ordinal);
        Assert.EndsWith("The destination refused the connection.\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_library_hands_on_the_reason_of_a_refused_tunnel()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var dialer = new RelayDialer(new Uri($"http://{rig.Relay.Endpoint}"), WireForm.Patent);
        var refusal = await Assert.ThrowsAsync<RelayRefusedException>(
            () => dialer.ConnectAsync("127.0.0.1", ((IPEndPoint)closed.LocalEndPoint!).Port, TestContext.Current.CancellationToken));
        Assert.Contains("The destination refused the connection.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WireForm.Patent)]
    [InlineData(WireForm.Rfc)]
    public async Task The_library_speaks_tls_with_the_destination_itself(WireForm wire)
    {
        Installed.OrSkip("nginx");
        await using var nginx = await Testing.Programs.NginxServer.StartAsync();
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(nginx.AuthorityFile);
        var dialer = new RelayDialer(new Uri($"http://{rig.Relay.Endpoint}"), wire);
        await using var tls = new SslStream(await dialer.ConnectAsync("127.0.0.1", nginx.TlsEndpoint.Port, TestContext.Current.CancellationToken));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "inside.test",
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
        await tls.WriteAsync("GET /hello.txt HTTP/1.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tls);
        Assert.EndsWith("\r\n\r\nhello from inside\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
