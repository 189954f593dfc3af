using System.Globalization;
using System.Text.RegularExpressions;
using Sallyport.Options;
using Sallyport.Wire;

namespace Sallyport.Firewall;

/// <summary>The rules that leave exactly the shared port open from outside. Pure: the same options give the same bytes.</summary>
/// <remarks>
/// The plan knows the outside interface, the placement and the port, and nothing else. No destination, no client and no application is
/// in it, so adding an application leaves it byte-identical: that is the purpose of having one port.
/// </remarks>
public sealed partial class FirewallPlan
{
    /// <summary>The name of the plan's own table, in family <c>inet</c>; nothing outside it is ever touched.</summary>
    public const string TableName = "sallyport";

    private readonly List<PlanChain> _chains;

    private FirewallPlan(FirewallOptions options, ushort[] ports)
    {
        Outside = options.Outside;
        Placement = options.Placement;
        Relay = options.Relay;
        Ports = ports;
        _chains = Chains();
    }

    /// <summary>The interface whose arrivals are filtered; all others are left alone.</summary>
    public string Outside { get; }

    /// <summary>Whether this host is the relay's own or routes to it.</summary>
    public FirewallPlacement Placement { get; }

    /// <summary>The relay's inside address, for <see cref="FirewallPlacement.Gateway"/> only.</summary>
    public InternetAddress? Relay { get; }

    /// <summary>The shared ports, ascending, without repetition; normally one.</summary>
    public IReadOnlyList<ushort> Ports { get; }

    /// <summary>Makes the plan.</summary>
    /// <exception cref="FirewallException">An option that no plan can be made from; the message names it, what was found and what is allowed.</exception>
    public static FirewallPlan From(FirewallOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (InterfaceName.Refusal(options.Outside) is { } refusal)
            throw new FirewallException($"outside interface \"{Printable(options.Outside)}\": {refusal}.");
        if (options.Ports.Count == 0) throw new FirewallException("no port to let through: name the shared port (1 to 65535).");
        if (options.Ports.Contains((ushort)0))
            throw new FirewallException("port 0 cannot be let through: it stands for \"any free port\"; give the relay a fixed port from 1 to 65535.");
        switch (options.Placement)
        {
            case FirewallPlacement.Here when options.Relay is { } stray:
                throw new FirewallException($"placement here takes no relay address ({stray} was given): the relay runs on this host. Use placement gateway if it does not.");
            case FirewallPlacement.Gateway when options.Relay is null:
                throw new FirewallException("placement gateway needs the relay's inside address, for example 10.0.0.5.");
            case FirewallPlacement.Gateway when !IsRoutable(options.Relay.Value):
                throw new FirewallException($"relay address {options.Relay}: a unicast address that this host routes to is needed, not loopback, link-local, multicast, broadcast, unspecified or IPv4-mapped.");
            case FirewallPlacement.Here or FirewallPlacement.Gateway:
                break;
            default:
                throw new FirewallException($"placement {options.Placement}: here or gateway is allowed.");
        }
        return new FirewallPlan(options, [.. options.Ports.Distinct().Order()]);
    }

    /// <summary>In a few words what the plan lets through, for messages: <c>TCP port 8080 to this host</c>.</summary>
    public string Opening =>
        $"TCP {(Ports.Count == 1 ? "port" : "ports")} {string.Join(", ", Ports)} to {(Relay is { } relay ? relay.ToString() : "this host")}";

    private static readonly AddressRange[] s_unroutable =
    [
        new(InternetAddress.FromV4(0x0000_0000), 8),
        new(InternetAddress.FromV4(0x7f00_0000), 8),
        new(InternetAddress.FromV4(0xa9fe_0000), 16),
        new(InternetAddress.FromV4(0xe000_0000), 3),
        new(InternetAddress.FromV6(0, 0), 80),
        new(InternetAddress.FromV6(0, 0x0000_ffff_0000_0000), 96),
        new(InternetAddress.FromV6(0xfe80_0000_0000_0000, 0), 10),
        new(InternetAddress.FromV6(0xff00_0000_0000_0000, 0), 8),
    ];

    private static bool IsRoutable(InternetAddress address) => !Array.Exists(s_unroutable, range => range.Contains(address));

    private static string Printable(string text) => Unprintable().Replace(text, "?");

    [GeneratedRegex("[^ -~]")]
    private static partial Regex Unprintable();

    private List<PlanChain> Chains()
    {
        var here = Placement == FirewallPlacement.Here;
        return
        [
            new("outside_to_host", null, [.. Replies(), LinkUpkeep(), .. here ? (PlanRule[])[SharedPort()] : [], Rest("this host")]),
            new("outside_to_inside", null, [.. Replies(), .. here ? [] : (PlanRule[])[SharedPort()], Rest("any host behind this one")]),
            Entrance("input", "outside_to_host"),
            // Also with the relay on this very host: a host that routes (any with containers does) would let connections past the input hook.
            Entrance("forward", "outside_to_inside"),
        ];
    }

    private PlanChain Entrance(string hook, string target) =>
        new(hook, hook, [new([PlanMatch.ArrivesOn(Outside)], "goto", "only what arrives from outside is filtered", target)]);

    private static IEnumerable<PlanRule> Replies() =>
    [
        new([PlanMatch.State("established", "related")], "accept", "replies, and ICMP errors that belong to a connection"),
        new([PlanMatch.State("invalid")], "drop", "belongs to no connection that could exist"),
    ];

    /// <summary>What IPv6 itself needs on a link and connection tracking does not follow: without it the address is not even found.</summary>
    private static PlanRule LinkUpkeep() =>
        new(
            [PlanMatch.Header("icmpv6", "type", "mld-listener-query", "nd-router-advert", "nd-neighbor-solicit", "nd-neighbor-advert")],
            "accept",
            "IPv6 cannot work on a link without these; no echo");

    private PlanRule SharedPort()
    {
        var port = PlanMatch.Header("tcp", "dport", [.. Ports.Select(p => p.ToString(CultureInfo.InvariantCulture))]);
        return Relay is { } relay
            ? new([PlanMatch.Header(relay.IsV4 ? "ip" : "ip6", "daddr", relay.ToString()), port], "accept", "the shared port, at the relay")
            : new([port], "accept", "the shared port");
    }

    private static PlanRule Rest(string where) => new([], "drop", $"everything else to {where}, IPv4 and IPv6");
}
