namespace Sallyport.Wire;

/// <summary>Reads a body that ends with the connection (RFC 9112 section 6.3, rule 8): whoever reads the connection says when that is.</summary>
public struct UntilCloseBodyReader
{
    private bool _closed;

    /// <summary>The connection has ended, and the body with it.</summary>
    public void Close() => _closed = true;

    /// <summary>Reads on: Data while there is input, then NeedMore until <see cref="Close"/>, then Done.</summary>
    /// <param name="input">The bytes that follow those consumed so far.</param>
    /// <param name="consumed">All of them.</param>
    /// <param name="data">All of them.</param>
    public readonly ChunkStatus Read(ReadOnlySpan<byte> input, out int consumed, out Slice data)
    {
        consumed = input.Length;
        data = new Slice(0, consumed);
        return consumed > 0 ? ChunkStatus.Data : _closed ? ChunkStatus.Done : ChunkStatus.NeedMore;
    }
}
