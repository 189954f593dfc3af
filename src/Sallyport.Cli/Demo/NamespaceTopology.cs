using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Sallyport.Cli.Demo;

/// <summary>What a program that was run to its end left behind.</summary>
internal readonly record struct ProgramResult(int ExitCode, string Output, string Errors);

/// <summary>
/// Three network namespaces of this machine that stand for the patent's first figure: outside, the wall, and inside. The wall routes;
/// its interfaces are called <see cref="OutsideInterface"/> and <see cref="InsideInterface"/>.
/// </summary>
/// <remarks>
/// <code>
/// outside 203.0.113.10 ─── 203.0.113.1 wall 10.1.0.1 ─── 10.1.0.5, .11, .12 inside
///         2001:db8:1::10   2001:db8:1::1    2001:db8:2::1  2001:db8:2::5, ::11, ::12
/// </code>
/// The addresses are RFC 5737's, RFC 3849's and RFC 1918's; nothing of it is connected to the machine's own network. Needs Linux with
/// <c>ip</c> (iproute2), and root, or the private namespaces that <see cref="UnprivilegedCommand"/> gives. Dispose removes everything,
/// the programs that still run inside included.
/// </remarks>
internal sealed class NamespaceTopology : IAsyncDisposable
{
    public const string OutsideInterface = "outside0";
    public const string InsideInterface = "inside0";

    public const string ClientAddress = "203.0.113.10";
    public const string WallOutsideAddress = "203.0.113.1";
    public const string WallInsideAddress = "10.1.0.1";
    public const string RelayAddress = "10.1.0.5";
    public const string FirstServerAddress = "10.1.0.11";
    public const string SecondServerAddress = "10.1.0.12";

    public const string ClientAddress6 = "2001:db8:1::10";
    public const string WallOutsideAddress6 = "2001:db8:1::1";
    public const string WallInsideAddress6 = "2001:db8:2::1";
    public const string RelayAddress6 = "2001:db8:2::5";
    public const string FirstServerAddress6 = "2001:db8:2::11";
    public const string SecondServerAddress6 = "2001:db8:2::12";

    // The carrier is told within a second; ten leave room for a machine that is busy with other things.
    private static readonly TimeSpan s_readyDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_readyInterval = TimeSpan.FromMilliseconds(20);

    private NamespaceTopology(string prefix)
    {
        Outside = prefix + "-outside";
        Wall = prefix + "-wall";
        Inside = prefix + "-inside";
    }

    /// <summary>The namespace of the client; unique on this machine.</summary>
    public string Outside { get; }

    /// <summary>The namespace of the firewall, and of the relay where it is one device with it.</summary>
    public string Wall { get; }

    /// <summary>The namespace of the servers, and of the relay where the firewall is a device of its own.</summary>
    public string Inside { get; }

    /// <summary>Makes the three namespaces and the wires between them; everything is up and routed when it returns.</summary>
    /// <exception cref="InvalidOperationException">A step failed; what had been made is gone again, and the message has the step and its error.</exception>
    public static async Task<NamespaceTopology> CreateAsync(CancellationToken cancellation = default)
    {
        var topology = new NamespaceTopology("sp" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        try
        {
            await topology.BuildAsync(cancellation);
            return topology;
        }
        catch
        {
            await topology.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// How to run a program so that it can make namespaces without root, by making the user root of private ones (where the system allows
    /// it). <c>/run</c> is private there, so <c>ip netns</c> has a place to write and nothing of it is seen or left outside.
    /// </summary>
    public static IReadOnlyList<string> UnprivilegedCommand(string program, params IReadOnlyList<string> arguments) =>
    [
        "unshare", "--user", "--map-root-user", "--net", "--mount",
        "sh", "-c", "mount -t tmpfs tmpfs /run && exec \"$@\"", "sh", program, .. arguments,
    ];

    /// <summary>Starts a program inside a namespace, with its outputs (and its input) redirected to the caller, who disposes of it.</summary>
    /// <exception cref="InvalidOperationException"><c>ip</c> is not installed.</exception>
    public static Process RunIn(string netns, string program, params IReadOnlyList<string> arguments) =>
        Start("ip", ["netns", "exec", netns, program, .. arguments]);

    /// <summary>Runs a program inside a namespace to its end, giving it the text as input; cancellation kills it.</summary>
    public static async Task<ProgramResult> RunToEndAsync(
        string netns, string program, IReadOnlyList<string> arguments, string input = "", CancellationToken cancellation = default)
    {
        using var process = RunIn(netns, program, arguments);
        return await FinishAsync(process, input, cancellation);
    }

    /// <summary>Ends what still runs in the namespaces and removes them. Never throws for what is already gone.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var netns in (string[])[Outside, Wall, Inside])
        {
            var inside = await IpAsync(["netns", "pids", netns]);
            foreach (var id in inside.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Kill(int.Parse(id, CultureInfo.InvariantCulture));
            await IpAsync(["netns", "delete", netns]);
        }
    }

    private async Task BuildAsync(CancellationToken cancellation)
    {
        foreach (var netns in (string[])[Outside, Wall, Inside])
        {
            await StepAsync(["netns", "add", netns], cancellation);
            await StepAsync(["-n", netns, "link", "set", "lo", "up"], cancellation);
            // Nobody else can have these addresses; asking would keep IPv6 from working for a second or two.
            const string noDuplicates = "echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad && echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad";
            await StepAsync(["netns", "exec", netns, "sh", "-c", noDuplicates], cancellation);
        }
        await StepAsync(["link", "add", OutsideInterface, "netns", Wall, "type", "veth", "peer", "name", "client0", "netns", Outside], cancellation);
        await StepAsync(["link", "add", InsideInterface, "netns", Wall, "type", "veth", "peer", "name", "server0", "netns", Inside], cancellation);
        await AddressAsync(Outside, "client0", [ClientAddress], [ClientAddress6], cancellation);
        await AddressAsync(Wall, OutsideInterface, [WallOutsideAddress], [WallOutsideAddress6], cancellation);
        await AddressAsync(Wall, InsideInterface, [WallInsideAddress], [WallInsideAddress6], cancellation);
        await AddressAsync(
            Inside,
            "server0",
            [RelayAddress, FirstServerAddress, SecondServerAddress],
            [RelayAddress6, FirstServerAddress6, SecondServerAddress6],
            cancellation);
        await StepAsync(["-n", Outside, "route", "add", "10.1.0.0/24", "via", WallOutsideAddress], cancellation);
        await StepAsync(["-n", Outside, "-6", "route", "add", "2001:db8:2::/64", "via", WallOutsideAddress6], cancellation);
        await StepAsync(["-n", Inside, "route", "add", "default", "via", WallInsideAddress], cancellation);
        await StepAsync(["-n", Inside, "-6", "route", "add", "default", "via", WallInsideAddress6], cancellation);
        // The wall routes in both placements: a firewall that only looks at its own input would be seen through.
        const string routing = "echo 1 > /proc/sys/net/ipv4/ip_forward && echo 1 > /proc/sys/net/ipv6/conf/all/forwarding";
        await StepAsync(["netns", "exec", Wall, "sh", "-c", routing], cancellation);
        await ReadyAsync(Outside, 1, cancellation);
        await ReadyAsync(Wall, 2, cancellation);
        await ReadyAsync(Inside, 1, cancellation);
    }

    /// <summary>Waits until IPv6 runs on so many interfaces: the kernel tells new links of their carrier at most once a second, and until then is deaf on them.</summary>
    private static async Task ReadyAsync(string netns, int interfaces, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            // A link-local address that is no longer tentative is what the kernel makes of a link that is ready.
            var ready = await IpAsync(["-n", netns, "-6", "-oneline", "address", "show", "scope", "link", "-tentative"], cancellation);
            if (ready.Output.Count(c => c == '\n') >= interfaces) return;
            if (Stopwatch.GetElapsedTime(started) > s_readyDeadline)
                throw new InvalidOperationException($"IPv6 is not ready in {netns} after {s_readyDeadline.TotalSeconds:0} s: {ready.Output}{ready.Errors}");
            await Task.Delay(s_readyInterval, cancellation);
        }
    }

    private static async Task AddressAsync(
        string netns, string device, IReadOnlyList<string> addresses, IReadOnlyList<string> addresses6, CancellationToken cancellation)
    {
        foreach (var address in addresses) await StepAsync(["-n", netns, "address", "add", address + "/24", "dev", device], cancellation);
        foreach (var address in addresses6) await StepAsync(["-n", netns, "address", "add", address + "/64", "dev", device], cancellation);
        await StepAsync(["-n", netns, "link", "set", device, "up"], cancellation);
    }

    private static async Task StepAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var result = await IpAsync(arguments, cancellation);
        if (result.ExitCode != 0) throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {result.Errors.Trim()}");
    }

    private static async Task<ProgramResult> IpAsync(IReadOnlyList<string> arguments, CancellationToken cancellation = default)
    {
        using var process = Start("ip", arguments);
        return await FinishAsync(process, "", cancellation);
    }

    private static async Task<ProgramResult> FinishAsync(Process process, string input, CancellationToken cancellation)
    {
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            try
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading its input; its exit code tells the rest.
            }
            await process.WaitForExitAsync(cancellation);
            return new ProgramResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{program} could not be started ({e.Message}); on Debian and Ubuntu it comes with: apt-get install iproute2", e);
        }
    }

    private static void Kill(int id)
    {
        // A caller that was itself started inside one of them does not end itself.
        if (id == Environment.ProcessId) return;
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself in the meantime.
        }
    }
}
