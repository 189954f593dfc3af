namespace Sallyport.Transport;

/// <summary>What became of moving bytes straight from one socket to another.</summary>
/// <param name="Status">How it ended, on the side that <paramref name="SinkFailed"/> names.</param>
/// <param name="Bytes">Bytes moved.</param>
/// <param name="SinkFailed">Whether it was the sink that failed, not the source.</param>
public readonly record struct TransferResult(IoStatus Status, int Bytes, bool SinkFailed)
{
    /// <summary>Whether all went well; perhaps with nothing moved.</summary>
    public bool IsOk => Status == IoStatus.Ok;
}
