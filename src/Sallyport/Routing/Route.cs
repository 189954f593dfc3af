using Sallyport.Admitting;
using Sallyport.Dialing;

namespace Sallyport.Routing;

/// <summary>What one loop knows of one destination: where it is, and the connections to it that wait.</summary>
public sealed class Route(Destination destination)
{
    /// <summary>Where the requests want to go.</summary>
    public Destination Destination { get; } = destination;

    /// <summary>Idle connections to the destination itself.</summary>
    public IdlePool Pool { get; } = new();
}
