using System.Text;

namespace Sallyport.Cli.Demo;

/// <summary>The first head of each connection that is watched, whole or still growing.</summary>
internal sealed class HeadCollector
{
    // Far above any head of the demonstration; what comes after is not kept.
    private const int MaxHeadBytes = 16 << 10;

    private readonly Lock _gate = new();
    private readonly List<byte[]> _heads = [];
    private TaskCompletionSource _news = NewNews();

    public Flow NewFlow() => new(this);

    /// <summary>The first head, past or to come, whose request line contains the text; with its blank line.</summary>
    public async Task<byte[]> FindAsync(string marker, CancellationToken cancellation)
    {
        for (var seen = 0; ;)
        {
            Task news;
            lock (_gate)
            {
                for (; seen < _heads.Count; seen++)
                {
                    var line = Encoding.Latin1.GetString(_heads[seen].AsSpan(0, _heads[seen].AsSpan().IndexOf("\r\n"u8)));
                    if (line.Contains(marker, StringComparison.Ordinal)) return _heads[seen];
                }
                news = _news.Task;
            }
            await news.WaitAsync(cancellation);
        }
    }

    private void Complete(byte[] head)
    {
        TaskCompletionSource news;
        lock (_gate)
        {
            _heads.Add(head);
            news = _news;
            _news = NewNews();
        }
        news.SetResult();
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What one connection's client has sent so far, until its first head is whole.</summary>
    internal sealed class Flow(HeadCollector collector)
    {
        private readonly List<byte> _bytes = [];
        private bool _isDone;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (_isDone) return;
            _bytes.AddRange(bytes);
            var head = _bytes.ToArray();
            var end = head.AsSpan().IndexOf("\r\n\r\n"u8);
            _isDone = end >= 0 || head.Length > MaxHeadBytes;
            if (end >= 0) collector.Complete(head[..(end + 4)]);
        }
    }
}
