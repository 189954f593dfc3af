using System.Net;
using System.Net.Sockets;
using Sallyport.EndToEnd.Relaying;
using Sallyport.Testing;
using Sallyport.Testing.Programs;
using Xunit;

namespace Sallyport.EndToEnd.Limits;

/// <summary>A name server that takes questions and never answers, and a product that asks it alone: it runs in a mount namespace with a resolv.conf of its own.</summary>
internal sealed class SilentResolver : IDisposable
{
    private static readonly IPEndPoint s_address = new(new IPAddress([127, 0, 0, 99]), 53);

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Skips the test where port 53 or a mount namespace is not to be had.</summary>
    public static async Task<SilentResolver> OrSkipAsync()
    {
        Installed.OrSkip("unshare", "mount");
        var resolver = new SilentResolver();
        try
        {
            resolver._socket.Bind(s_address);
        }
        catch (SocketException refused)
        {
            resolver.Dispose();
            Assert.Skip($"a name server of the test's own needs port 53: {refused.Message}");
        }
        var attempt = await ForeignProgram.RunAsync("unshare", ["--mount", "mount", "--bind", resolver.File, "/etc/resolv.conf"], input: "");
        Assert.SkipUnless(attempt.ExitCode == 0, $"a resolver of the test's own needs a mount namespace: {attempt.Error}");
        return resolver;
    }

    private string File => _folder.Write("resolv.conf", $"nameserver {s_address.Address}\n");

    /// <summary>Starts a relay that resolves here, on a port of its own, on one loop, since look-ups are limited for each; with one rule for every name in .test.</summary>
    public Task<ProductProcess> StartRelayAsync(string sections) => ProductProcess.StartAsync(
        ["relay", "--listen", "127.0.0.1:0", "--loops", "1", "--config", _folder.Write("relay.toml", $"[[allow]]\nto = [\"*.test:*\"]\n{sections}")],
        [],
        under: ["unshare", "--mount", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"", File]);

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }
}
