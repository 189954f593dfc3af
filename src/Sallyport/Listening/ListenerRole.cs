using Sallyport.Admitting;

namespace Sallyport.Listening;

/// <summary>What a listener is for.</summary>
public abstract record ListenerRole
{
    private ListenerRole()
    {
    }

    /// <summary>The relay's one port (the patent's aggregation port): requests for other servers in absolute-form and CONNECT, and for the relay itself in origin-form.</summary>
    public sealed record SharedPort : ListenerRole;

    /// <summary>The agent's proxy for applications on its own machine: the same, and origin-form too, whose destination its Host tells.</summary>
    public sealed record LocalProxy : ListenerRole;

    /// <summary>The agent's port for one destination: every connection is tunnelled there, whatever it speaks.</summary>
    public sealed record Forward(Destination Destination) : ListenerRole;
}
