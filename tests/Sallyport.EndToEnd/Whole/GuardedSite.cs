using System.Net;
using Sallyport.Cli.Demo;
using Sallyport.EndToEnd.Firewall;
using Sallyport.Options;
using Sallyport.Testing;
using Sallyport.Testing.Programs;
using Xunit;

namespace Sallyport.EndToEnd.Whole;

/// <summary>
/// The patent's first figure with real parts: outside, a wall that filters with the kernel's firewall, and an inside with a relay. The relay
/// runs on the wall (<see cref="FirewallPlacement.Here"/>) or behind it (<see cref="FirewallPlacement.Gateway"/>).
/// </summary>
/// <remarks>The shared port is 8080 always: it is named in the configuration, and in namespaces of its own nobody else can hold it.</remarks>
internal sealed class GuardedSite : IAsyncDisposable
{
    private readonly List<ProductProcess> _programs = [];
    private readonly TemporaryFolder _folder = new();
    private readonly FirewallPlacement _placement;
    private ProductProcess? _relay;

    private GuardedSite(FirewallPlacement placement, NamespaceRig rig) => (_placement, Rig) = (placement, rig);

    public NamespaceRig Rig { get; }

    public string Outside => Rig.Topology.Outside;

    public string Wall => Rig.Topology.Wall;

    public string Inside => Rig.Topology.Inside;

    /// <summary>The relay that runs now.</summary>
    public ProductProcess Relay => _relay ?? throw new InvalidOperationException("no relay was started");

    /// <summary>Where everything from outside comes in, as it is seen from there.</summary>
    public IPEndPoint SharedPort => IPEndPoint.Parse(
        _placement == FirewallPlacement.Here ? $"{NamespaceTopology.WallOutsideAddress}:8080" : $"{NamespaceTopology.RelayAddress}:8080");

    private string Configuration => _folder.PathOf("sallyport.toml");

    /// <summary>A site without a firewall and without a relay yet; skips the test, with the reason, where namespaces cannot be had.</summary>
    public static async Task<GuardedSite> CreateAsync(FirewallPlacement placement) => new(placement, await NamespaceRig.CreateAsync());

    /// <summary>What the relay's configuration needs for one application: a name, the address that stands for it, a port.</summary>
    public static string Application(string host, IPEndPoint endpoint) => $"""
        [[destination]]
        name = "{host}"
        hosts = ["{host}"]
        ports = [{endpoint.Port}]
        address = "{endpoint.Address}"
        [[allow]]
        to = ["{host}"]

        """;

    /// <summary>Puts <c>firewall apply</c> in force in the wall, from the same file that the relay reads.</summary>
    public async Task ApplyFirewallAsync()
    {
        var result = await NamespaceRig.SallyportAsync(Wall, "firewall", "apply", "--config", Configuration);
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    /// <summary>What <c>firewall plan</c> makes of the configuration as it is now.</summary>
    public async Task<string> PlanAsync()
    {
        var result = await NamespaceRig.SallyportAsync(Wall, "firewall", "plan", "--config", Configuration);
        Assert.True(result.ExitCode == 0, result.Errors);
        return result.Output;
    }

    /// <summary>Starts the relay with these applications; one that runs already is drained first, and must end well.</summary>
    public async Task StartRelayAsync(string applications)
    {
        var here = _placement == FirewallPlacement.Here;
        _folder.Write("sallyport.toml", $"""
            listen = ["{(here ? "0.0.0.0" : NamespaceTopology.RelayAddress)}:8080"]
            name = "r1"
            {applications}
            [firewall]
            outside = "{NamespaceTopology.OutsideInterface}"
            {(here ? "placement = \"here\"" : $"placement = \"gateway\"\nrelay = \"{NamespaceTopology.RelayAddress}\"")}

            """);
        await StartRelayAsync(["--config", Configuration]);
    }

    /// <summary>Starts the relay with these options only.</summary>
    public async Task StartRelayAsync(IReadOnlyList<string> options)
    {
        if (_relay is not null) Assert.Equal(0, await _relay.StopAsync());
        _relay = await StartAsync(_placement == FirewallPlacement.Here ? Wall : Inside, ["relay", .. options]);
    }

    /// <summary><c>sallyport ARGUMENTS</c> in a namespace, ready; ends with the site.</summary>
    public async Task<ProductProcess> StartAsync(string netns, params IReadOnlyList<string> arguments)
    {
        var program = await ProductProcess.StartAsync(arguments, environment: [], under: ["ip", "netns", "exec", netns]);
        _programs.Add(program);
        return program;
    }

    /// <summary>A destination inside with one page, which has this text; its port is its own.</summary>
    public Task<ProductProcess> ServeAsync(string address, string page, params IReadOnlyList<string> options)
    {
        var index = _folder.Write($"pages/{_programs.Count}/index.html", page);
        return StartAsync(Inside, ["serve", Path.GetDirectoryName(index)!, "--listen", $"{address}:0", .. options]);
    }

    /// <summary>curl as an application outside, with this proxy: what came, and its status after a space.</summary>
    public async Task<string> CurlAsync(IPEndPoint proxy, params string[] arguments)
    {
        var result = await NamespaceRig.RunAsync(
            Outside, "curl", ["-q", "-sS", "--noproxy", "", "--proxy", $"http://{proxy}", "--write-out", " %{http_code}", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Errors);
        return result.Output;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs) await program.DisposeAsync();
        await Rig.DisposeAsync();
        _folder.Dispose();
    }
}
