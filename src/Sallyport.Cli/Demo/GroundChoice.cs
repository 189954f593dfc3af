using System.Diagnostics;

namespace Sallyport.Cli.Demo;

/// <summary>What this machine allows: the ground, or that the same command has to run again as root of its own namespaces.</summary>
/// <param name="Ground">Null when the command has to run again.</param>
/// <param name="LeftOut">Why there is no wall, for people; null when there is one.</param>
internal sealed record GroundChoice(Ground? Ground, string? LeftOut)
{
    private const string Install = "apt-get install nftables iproute2";

    /// <summary>Makes the namespaces where that is possible; loopback, with the reason, where it is not.</summary>
    public static async Task<GroundChoice> MakeAsync(bool wantsLoopback, CancellationToken cancellation)
    {
        if (wantsLoopback) return Loopback("--loopback asks for it");
        if (!OperatingSystem.IsLinux()) return Loopback("network namespaces are part of Linux");
        // A user's PATH may lack the folders where distributions put ip and nft.
        Environment.SetEnvironmentVariable("PATH", $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin");
        foreach (var program in (string[])["ip", "nft"])
            if (!IsInstalled(program))
                return Loopback($"{program} is not installed: {Install}");
        if (!Environment.IsPrivilegedProcess)
        {
            return IsInstalled("unshare") && await OwnNamespacesWorkAsync(cancellation)
                ? new GroundChoice(null, null)
                : Loopback("this user may make no network namespaces; root may");
        }
        try
        {
            var topology = await NamespaceTopology.CreateAsync(cancellation);
            var nft = await NamespaceTopology.RunToEndAsync(topology.Wall, "nft", ["list", "tables"], "", cancellation);
            if (nft.ExitCode == 0) return new GroundChoice(new Ground(topology), null);
            await topology.DisposeAsync();
            return Loopback($"nft does not work here ({FirstLine(nft.Errors)})");
        }
        catch (InvalidOperationException refused)
        {
            return Loopback($"namespaces cannot be made here ({FirstLine(refused.Message)})");
        }
    }

    private static GroundChoice Loopback(string why) => new(new Ground(null), why);

    private static string FirstLine(string text) => text.Trim().Split('\n')[0];

    private static bool IsInstalled(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Tried and not only looked for: kernels and containers forbid it in more ways than can be asked about.</summary>
    private static async Task<bool> OwnNamespacesWorkAsync(CancellationToken cancellation)
    {
        var command = NamespaceTopology.UnprivilegedCommand("sh", "-c", "ip netns add probe && ip netns exec probe nft list tables");
        using var probe = Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await Task.WhenAll(probe.StandardOutput.ReadToEndAsync(cancellation), probe.StandardError.ReadToEndAsync(cancellation));
        await probe.WaitForExitAsync(cancellation);
        return probe.ExitCode == 0;
    }
}
