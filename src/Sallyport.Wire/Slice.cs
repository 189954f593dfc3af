namespace Sallyport.Wire;

/// <summary>A run of bytes, as offsets into the buffer that was read: a head holds these instead of bytes.</summary>
/// <param name="Start">The first byte, counted from the buffer's start.</param>
/// <param name="Length">How many bytes.</param>
public readonly record struct Slice(int Start, int Length)
{
    /// <summary>The first byte after the run.</summary>
    public int End => Start + Length;

    /// <summary>Whether the run has no bytes.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The bytes themselves; <paramref name="buffer"/> is the one that was read, or a copy of it from the same start.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is shorter than the one that was read.</exception>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> buffer) => buffer.Slice(Start, Length);
}
