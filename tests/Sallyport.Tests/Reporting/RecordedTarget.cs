using System.Text;

namespace Sallyport.Tests.Reporting;

/// <summary>A log's target in memory that can be told to hold still or to fail.</summary>
internal sealed class RecordedTarget : Stream
{
    private readonly MemoryStream _written = new();
    private readonly ManualResetEventSlim _mayGoOn = new(true);

    /// <summary>Set when a write has begun and is held.</summary>
    public ManualResetEventSlim Held { get; } = new(false);

    public volatile bool Fails;

    public string Text
    {
        get
        {
            lock (_written) return Encoding.UTF8.GetString(_written.ToArray());
        }
    }

    public void Hold() => _mayGoOn.Reset();

    public void LetGo() => _mayGoOn.Set();

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!_mayGoOn.IsSet) Held.Set();
        _mayGoOn.Wait();
        if (Fails) throw new IOException("No space left on device");
        lock (_written) _written.Write(buffer, offset, count);
    }

    public override void Flush()
    {
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
