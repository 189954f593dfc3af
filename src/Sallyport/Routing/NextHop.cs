using System.Globalization;
using System.Text;
using Sallyport.Options;

namespace Sallyport.Routing;

/// <summary>Who is spoken to next: the destination itself, or a relay that goes on from there. The whole difference between a relay and an agent.</summary>
public sealed class NextHop
{
    private NextHop(RelayAddress? relay)
    {
        Relay = relay;
        if (relay is null) return;
        var host = relay.Host.Contains(':', StringComparison.Ordinal) ? $"[{relay.Host}]" : relay.Host;
        HostValue = Encoding.ASCII.GetBytes(relay.Port == 80 ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{relay.Port}"));
    }

    /// <summary>The destination itself.</summary>
    public static NextHop Direct { get; } = new(null);

    /// <summary>A relay.</summary>
    public static NextHop ViaRelay(RelayAddress relay) => new(relay);

    /// <summary>The relay, or null for the destination itself.</summary>
    public RelayAddress? Relay { get; }

    /// <summary>Whether the destination itself is next.</summary>
    public bool IsDirect => Relay is null;

    /// <summary>The relay as a Host field names it: the port is left out only when it is 80. Empty for the destination itself.</summary>
    public ReadOnlyMemory<byte> HostValue { get; }
}
