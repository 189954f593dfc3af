namespace Sallyport.Load;

/// <summary>The bytes that are poured: a known run, repeated, so that a byte lost, added or swapped anywhere in a tunnel shows.</summary>
internal static class Pattern
{
    /// <summary>The run's length in bytes: no multiple of any buffer's size, so that a piece delivered twice or dropped is out of step.</summary>
    public const int Period = 251 * 256;

    /// <summary>The most that can be compared at once.</summary>
    public const int MaxPiece = 256 * 1024;

    /// <summary>A whole number of periods, and at least one period more than the largest piece.</summary>
    public static byte[] Bytes { get; } = Make();

    /// <summary>Whether the bytes are those that stand at this place of the stream.</summary>
    public static bool IsAt(long place, ReadOnlySpan<byte> piece) => piece.SequenceEqual(Bytes.AsSpan((int)(place % Period), piece.Length));

    private static byte[] Make()
    {
        var bytes = new byte[(MaxPiece / Period + 2) * Period];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(i % 251 + i % Period / 251);
        return bytes;
    }
}
