using Sallyport.Events;
using Sallyport.Events.Stores;

namespace Sallyport.Cli.Commands;

/// <summary>The events room as the serving commands make it.</summary>
internal static class EventRoom
{
    /// <summary>Streams in memory, with the default limits; whose web pages may use them is said by <paramref name="origin"/> (null for none).</summary>
    public static EventEndpoint InMemory(string? origin = "*")
    {
        var limits = new EventLimits();
        return new EventEndpoint(new MemoryEventStore(limits, TimeProvider.System), limits, TimeProvider.System, origin);
    }
}
