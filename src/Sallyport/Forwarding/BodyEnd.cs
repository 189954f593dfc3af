namespace Sallyport.Forwarding;

/// <summary>How moving a body from one side to the other ended, and by whose doing.</summary>
internal enum BodyEnd : byte
{
    /// <summary>It is still under way.</summary>
    Open,

    /// <summary>All of it went.</summary>
    Complete,

    /// <summary>The source closed or was reset before the end.</summary>
    SourceTruncated,

    /// <summary>The source sent what is no body (a bad chunk).</summary>
    SourceMalformed,

    /// <summary>The source sent nothing for too long.</summary>
    SourceTimedOut,

    /// <summary>The body is larger than the limit.</summary>
    TooLarge,

    /// <summary>The sink took nothing more.</summary>
    SinkFailed,
}
