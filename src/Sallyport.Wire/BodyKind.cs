namespace Sallyport.Wire;

/// <summary>How the end of a body is told (RFC 9112 section 6.3).</summary>
public enum BodyKind : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>Content-Length bytes.</summary>
    Counted,

    /// <summary>The chunked transfer coding.</summary>
    Chunked,

    /// <summary>Everything until the connection ends; answers only.</summary>
    UntilClose,
}
