namespace Sallyport.Transport;

/// <summary>What one socket has delivered and nobody has consumed yet. Holds memory only while there is something, or room was asked for.</summary>
public sealed class InputBuffer
{
    /// <summary>Kept free at the end of a buffer, so that what a transfer puts around a full input still fits an output of the same size.</summary>
    public const int Reserve = 64;

    private TransportLoop? _loop;
    private byte[]? _bytes;
    private int _start;
    private int _end;

    /// <summary>What is there.</summary>
    public ReadOnlySpan<byte> Unread => _bytes is null ? default : _bytes.AsSpan(_start, _end - _start);

    /// <summary>The same as memory.</summary>
    public ReadOnlyMemory<byte> UnreadMemory => _bytes is null ? default : _bytes.AsMemory(_start, _end - _start);

    /// <summary>Whether nothing is there.</summary>
    public bool IsEmpty => _end == _start;

    /// <summary>Says from which loop's stacks the memory comes.</summary>
    public void Attach(TransportLoop loop) => _loop = loop;

    /// <summary>Room for at least one more byte; what is unread may move, its order and distance do not change. Empty when the largest buffer is full.</summary>
    public Memory<byte> Room()
    {
        _bytes ??= _loop!.Buffers.Rent();
        if (_start > 0 && (_start == _end || _end >= _bytes.Length - Reserve))
        {
            Unread.CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }
        if (_end >= _bytes.Length - Reserve && _bytes.Length == _loop!.Buffers.Size) Grow();
        return _bytes.AsMemory(_end, Math.Max(0, _bytes.Length - Reserve - _end));
    }

    private void Grow()
    {
        var larger = _loop!.LargeBuffers.Rent();
        Unread.CopyTo(larger);
        _end -= _start;
        _start = 0;
        _loop.Buffers.Return(_bytes!);
        _bytes = larger;
    }

    /// <summary>Bytes were received into the room.</summary>
    public void Commit(int count) => _end += count;

    /// <summary>Bytes are done with.</summary>
    public void Consume(int count)
    {
        if ((uint)count > (uint)(_end - _start)) throw new ArgumentOutOfRangeException(nameof(count), count, "More was consumed than is there.");
        _start += count;
    }

    /// <summary>Gives the memory back if nothing is unread.</summary>
    public void ReleaseIfEmpty()
    {
        if (IsEmpty) Release();
    }

    /// <summary>Gives the memory back with whatever is in it.</summary>
    public void Release()
    {
        if (_bytes is not null) Return(_bytes);
        _bytes = null;
        _start = _end = 0;
    }

    private void Return(byte[] bytes)
    {
        if (bytes.Length == _loop!.Buffers.Size) _loop.Buffers.Return(bytes);
        else _loop.LargeBuffers.Return(bytes);
    }
}
