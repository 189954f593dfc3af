using Sallyport.Testing;
using Sallyport.Testing.Programs;
using Xunit;

namespace Sallyport.EndToEnd.Patent;

/// <summary>A table of names for one process: it runs in a mount namespace of its own, where this file lies over the machine's.</summary>
internal sealed class OwnHosts : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _unshare = Environment.IsPrivilegedProcess ? ["unshare", "--mount"] : ["unshare", "--user", "--map-root-user", "--mount"];
    private readonly string _file;

    /// <summary>A table with these lines, as in hosts(5).</summary>
    public OwnHosts(params string[] lines) => _file = _folder.Write("hosts", string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Skips the test where this system gives no mount namespaces.</summary>
    public async Task OrSkipAsync()
    {
        Relaying.Installed.OrSkip("unshare", "mount");
        var attempt = await ForeignProgram.RunAsync(_unshare[0], [.. _unshare[1..], "mount", "--bind", _file, "/etc/hosts"], input: "");
        Assert.SkipUnless(attempt.ExitCode == 0, $"a name of the test's own needs a mount namespace: {attempt.Error}");
    }

    /// <summary>Starts the product with the table.</summary>
    public Task<ProductProcess> StartAsync(params string[] arguments) =>
        ProductProcess.StartAsync(arguments, [], under: [.. _unshare, "sh", "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\"", _file]);

    public void Dispose() => _folder.Dispose();
}
