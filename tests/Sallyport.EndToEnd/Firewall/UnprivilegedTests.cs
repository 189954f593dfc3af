using System.Diagnostics;
using Sallyport.Cli.Demo;
using Xunit;

namespace Sallyport.EndToEnd.Firewall;

/// <summary>Namespaces and nft for a user who is not root, where the system lets users have namespaces of their own.</summary>
public sealed class UnprivilegedTests
{
    [Fact]
    public async Task An_ordinary_user_gets_namespaces_with_a_firewall_of_their_own_and_leaves_nothing_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "network namespaces are part of Linux");
        Assert.SkipUnless(NamespaceRig.IsInstalled("unshare") && NamespaceRig.IsInstalled("setpriv"), "unshare and setpriv are missing: apt-get install util-linux");
        Assert.SkipUnless(NamespaceRig.IsInstalled("ip") && NamespaceRig.IsInstalled("nft"), "ip or nft is missing: apt-get install iproute2 nftables");
        Assert.SkipUnless((await RunAsync(["unshare", "--user", "--map-root-user", "--net", "--mount", "true"])).ExitCode == 0, "this system gives users no namespaces of their own");
        var name = "sp" + Guid.NewGuid().ToString("N")[..8];
        var script = $"ip netns add {name} && ip netns exec {name} nft add table inet sallyport && ip netns exec {name} nft list ruleset";

        var result = await RunAsync([.. NamespaceTopology.UnprivilegedCommand("sh", "-c", script)]);

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains("table inet sallyport", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists("/run/netns/" + name));
    }

    private static async Task<ProgramResult> RunAsync(IReadOnlyList<string> command)
    {
        string[] asNobody = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : [];
        string[] all = [.. asNobody, .. command];
        using var process = Process.Start(new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var patience = new CancellationTokenSource(NamespaceRig.Deadline);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return new(process.ExitCode, await output, await errors);
    }
}
