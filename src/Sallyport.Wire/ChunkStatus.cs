namespace Sallyport.Wire;

/// <summary>What <see cref="ChunkedBodyReader.Read"/> came to.</summary>
public enum ChunkStatus : byte
{
    /// <summary>More bytes have to come before anything else can be said.</summary>
    NeedMore,

    /// <summary>A run of body bytes was found; read again for what follows it.</summary>
    Data,

    /// <summary>The body, its trailer section and the closing blank line are complete.</summary>
    Done,

    /// <summary>The coding is broken; nothing after this point can be trusted.</summary>
    Invalid,
}
