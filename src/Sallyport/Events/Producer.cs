namespace Sallyport.Events;

/// <summary>Who sends a publication and which one it is, so that a repetition is known as one (Durable Streams section 5.2.1).</summary>
/// <param name="Id">The producer's own name, 1-256 characters.</param>
/// <param name="Epoch">Raised by the producer at each restart; an older one is fenced off.</param>
/// <param name="Sequence">0, 1, 2 ... within the epoch, one per publication.</param>
public readonly record struct Producer(string Id, long Epoch, long Sequence);

/// <summary>What a stream remembers of a producer.</summary>
public readonly record struct ProducerState(long Epoch, long LastSequence);
