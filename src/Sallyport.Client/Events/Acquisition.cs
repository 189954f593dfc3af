namespace Sallyport.Client.Events;

/// <summary>The answer to one event acquisition.</summary>
/// <param name="EventOccurred">Whether there were events; if not, the wait ended without one.</param>
/// <param name="Events">The events as a JSON array, in order; empty when none occurred.</param>
/// <param name="NextOffset">Where to ask next; keep it only after the events are dealt with, and none is ever missed.</param>
/// <param name="Closed">Whether the stream has ended: asking again brings nothing more.</param>
public sealed record Acquisition(bool EventOccurred, ReadOnlyMemory<byte> Events, string NextOffset, bool Closed);
