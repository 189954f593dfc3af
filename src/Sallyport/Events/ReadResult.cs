namespace Sallyport.Events;

/// <summary>How a read ended.</summary>
public enum ReadOutcome
{
    /// <summary>The stream stands and the offset is in it; there may be no message.</summary>
    Found,

    /// <summary>There is no such stream.</summary>
    NotFound,

    /// <summary>The stream was deleted, or retention or a new epoch has passed the offset.</summary>
    Gone,

    /// <summary>The offset lies behind the tail: it was never given out.</summary>
    PastEnd,
}

/// <summary>What was read.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="State">The stream at that moment; null when there is none.</param>
/// <param name="Messages">The messages in order.</param>
/// <param name="Start">Where the read began.</param>
/// <param name="Next">Where the next read begins.</param>
public sealed record ReadResult(
    ReadOutcome Outcome,
    StreamState? State = null,
    IReadOnlyList<ReadOnlyMemory<byte>>? Messages = null,
    EventOffset Start = default,
    EventOffset Next = default);
