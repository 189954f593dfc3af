namespace Sallyport.Events;

/// <summary>How a creation ended.</summary>
public enum CreateOutcome
{
    /// <summary>The stream is new.</summary>
    Created,

    /// <summary>It stood already with the same settings; the body was not appended.</summary>
    Existed,

    /// <summary>It stands with other settings, or its name is still held for its forks.</summary>
    Mismatch,

    /// <summary>There is no room for another stream, or for its first messages.</summary>
    Full,

    /// <summary>The stream to fork from does not exist.</summary>
    SourceNotFound,

    /// <summary>The stream to fork from was deleted, or has another media type.</summary>
    SourceMismatch,

    /// <summary>The fork offset is not within the source.</summary>
    SourceOffset,
}

/// <summary>How a creation ended, and the stream after it where one stands.</summary>
public sealed record CreateResult(CreateOutcome Outcome, StreamState? State = null);
