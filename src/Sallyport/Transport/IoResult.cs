namespace Sallyport.Transport;

/// <summary>The outcome of one socket operation: how it ended and how many bytes it moved.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Bytes">Bytes moved; 0 unless <paramref name="Status"/> is <see cref="IoStatus.Ok"/>.</param>
public readonly record struct IoResult(IoStatus Status, int Bytes = 0)
{
    /// <summary>Whether the operation did what was asked.</summary>
    public bool IsOk => Status == IoStatus.Ok;
}
