using Sallyport.Transport;
using Sallyport.Wire;

namespace Sallyport.Forwarding;

/// <summary>A body, without its transfer coding, as a stream: for the library that decodes its content. Read on the loop's thread only.</summary>
internal sealed class BodyStream(TransportSocket source, InputBuffer input, BodyFraming framing, TimeSpan timeout) : Stream
{
    private BodyReader _reader = new(framing);
    private GzipTrailer _trailer;

    /// <summary>Whether what was read can be whole gzip content, given how many bytes were decoded from it.</summary>
    public bool IsWhole(long decoded) => _trailer.Matches(decoded);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="EndedException">The body ended before its end, or is none.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            switch (Take(buffer.Span, out var count))
            {
                case ChunkStatus.Data:
                    return count;
                case ChunkStatus.Done:
                    return 0;
                case ChunkStatus.Invalid:
                    throw new EndedException(BodyEnd.SourceMalformed);
                default:
                    var received = await source.ReceiveAsync(input.Room(), timeout);
                    if (received.IsOk) input.Commit(received.Bytes);
                    else if (received.Status != IoStatus.EndOfStream || !_reader.TryEndByClose())
                        throw new EndedException(received.Status == IoStatus.TimedOut ? BodyEnd.SourceTimedOut : BodyEnd.SourceTruncated);
                    break;
            }
        }
    }

    private ChunkStatus Take(Span<byte> destination, out int count)
    {
        // No more is shown to the reader than the destination holds, so that a run of data always fits; trailers are shorter than any buffer of a decoder.
        var unread = input.Unread;
        var shown = unread[..Math.Min(unread.Length, destination.Length)];
        var status = _reader.Read(shown, out var consumed, out var data);
        count = data.Length;
        data.Of(shown).CopyTo(destination);
        _trailer.Add(data.Of(shown));
        input.Consume(consumed);
        return status;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Carries a body's bad end through the library's code.</summary>
    internal sealed class EndedException(BodyEnd end) : IOException($"The body ended early: {end}.")
    {
        public BodyEnd End => end;
    }
}
