using System.Diagnostics;
using System.Net;

namespace Sallyport.Cli.Demo;

/// <summary>
/// What the demonstration stands on: three network namespaces with a wall between outside and inside, or, where these cannot be had,
/// this machine's loopback, where every place is the same one.
/// </summary>
internal sealed class Ground(NamespaceTopology? topology) : IAsyncDisposable
{
    /// <summary>The port of the figures; on loopback the system picks one, as this may be taken.</summary>
    private const int SharedPort = 8080;

    /// <summary>Null on loopback.</summary>
    public NamespaceTopology? Topology => topology;

    public IPEndPoint RelayListen => At(NamespaceTopology.RelayAddress, SharedPort, 1);
    public IPEndPoint AgentListen => topology is null ? new(IPAddress.Loopback, 0) : new(IPAddress.Loopback, 3128);
    public IPEndPoint WebListen => At(NamespaceTopology.FirstServerAddress, 80, 11);
    public IPEndPoint VaultListen => At(NamespaceTopology.SecondServerAddress, 443, 12);
    public IPEndPoint EventsListen => At(NamespaceTopology.FirstServerAddress, 4437, 11);

    /// <summary>What to write before a command so that it runs in the place; empty on loopback, else with a blank at its end.</summary>
    public string Entrance(Place place) => topology is null ? "" : $"ip netns exec {Namespace(place)} ";

    /// <summary>Starts a program in the place, its three streams in the caller's hands.</summary>
    public Process Start(Place place, string program, IReadOnlyList<string> arguments)
    {
        var (file, all) = topology is null ? (program, arguments) : ("ip", ["netns", "exec", Namespace(place), program, .. arguments]);
        var start = new ProcessStartInfo(file, all)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The user's own proxy is not on the way here, and must not be.
        foreach (var name in (string[])["http_proxy", "https_proxy", "all_proxy"])
        {
            start.Environment.Remove(name);
            start.Environment.Remove(name.ToUpperInvariant());
        }
        return Process.Start(start)!;
    }

    public ValueTask DisposeAsync() => topology?.DisposeAsync() ?? ValueTask.CompletedTask;

    private string Namespace(Place place) => place switch
    {
        Place.Outside => topology!.Outside,
        Place.Wall => topology!.Wall,
        _ => topology!.Inside,
    };

    /// <summary>Only Linux has all of 127.0.0.0/8 without set-up; elsewhere 127.0.0.1 stands for all.</summary>
    private IPEndPoint At(string address, int port, byte loopback) => topology is null
        ? new(OperatingSystem.IsLinux() ? new IPAddress([127, 0, 0, loopback]) : IPAddress.Loopback, 0)
        : new(Wire.InternetAddress.TryParse(address, out var parsed) ? parsed.ToIPAddress() : throw new DemoException($"{address} is no address"), port);
}
