namespace Sallyport.Transport;

/// <summary>What is to be sent next: written behind what is there, sent as a whole, cleared. Holds memory only in between.</summary>
public sealed class OutputBuffer
{
    private TransportLoop? _loop;
    private byte[]? _bytes;

    /// <summary>Bytes that wait to be sent.</summary>
    public int Length { get; private set; }

    /// <summary>What waits to be sent.</summary>
    public ReadOnlyMemory<byte> Pending => _bytes is null ? default : _bytes.AsMemory(0, Length);

    /// <summary>Room behind what is there.</summary>
    public Span<byte> Free => _bytes is null ? default : _bytes.AsSpan(Length);

    /// <summary>Says from which loop's stacks the memory comes.</summary>
    public void Attach(TransportLoop loop) => _loop = loop;

    /// <summary>Sees to it that so many bytes are free, up to the size of the largest buffer; false if that is not possible.</summary>
    public bool TryReserve(int count)
    {
        var needed = Length + count;
        if (_bytes is not null && needed <= _bytes.Length) return true;
        var stack = needed <= _loop!.Buffers.Size ? _loop.Buffers : _loop.LargeBuffers;
        if (needed > stack.Size) return false;
        var larger = stack.Rent();
        Pending.Span.CopyTo(larger);
        if (_bytes is not null) Return(_bytes);
        _bytes = larger;
        return true;
    }

    /// <summary>Bytes were written into <see cref="Free"/>.</summary>
    public void Commit(int count) => Length += count;

    /// <summary>Everything was sent; the memory stays.</summary>
    public void Clear() => Length = 0;

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        if (_bytes is not null) Return(_bytes);
        _bytes = null;
        Length = 0;
    }

    private void Return(byte[] bytes)
    {
        if (bytes.Length == _loop!.Buffers.Size) _loop.Buffers.Return(bytes);
        else _loop.LargeBuffers.Return(bytes);
    }
}
