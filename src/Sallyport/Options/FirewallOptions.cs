using Sallyport.Wire;

namespace Sallyport.Options;

/// <summary>Where the firewall stands relative to the relay (the patent's two placements).</summary>
public enum FirewallPlacement
{
    /// <summary>One device: the relay's own host filters what comes in from outside.</summary>
    Here,

    /// <summary>A device of its own: it routes between outside and inside and lets only the relay's port through.</summary>
    Gateway,
}

/// <summary>The <c>[firewall]</c> section: all that the plan is made from. Destinations and rules are not in it, on purpose.</summary>
public sealed record FirewallOptions
{
    /// <summary>The interface that faces the outside network, e.g. <c>eth0</c>.</summary>
    public required string Outside { get; init; }

    /// <summary>One device or two; <c>here</c> unless said otherwise.</summary>
    public FirewallPlacement Placement { get; init; } = FirewallPlacement.Here;

    /// <summary>The relay's inside address; required for <see cref="FirewallPlacement.Gateway"/>, absent otherwise.</summary>
    public InternetAddress? Relay { get; init; }

    /// <summary>The shared ports to let through, from <c>listen</c>: normally one.</summary>
    public required IReadOnlyList<ushort> Ports { get; init; }
}
