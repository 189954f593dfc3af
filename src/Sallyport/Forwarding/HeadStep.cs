namespace Sallyport.Forwarding;

/// <summary>How far the reading of a head has come.</summary>
internal enum HeadStep : byte
{
    /// <summary>More bytes are needed.</summary>
    NeedMore,

    /// <summary>An interim answer is complete; the final one is still to come.</summary>
    Interim,

    /// <summary>The head is complete, or a refusal is noted: nothing more is to be read.</summary>
    Done,
}
