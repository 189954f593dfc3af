namespace Sallyport.Cli.Demo;

/// <summary>The lines that a running program has written so far; they can be awaited.</summary>
internal sealed class ChildLines
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _news = NewNews();
    private bool _complete;

    /// <summary>The lines so far, as a copy.</summary>
    public IReadOnlyList<string> Lines
    {
        get { lock (_gate) return [.. _lines]; }
    }

    /// <summary>Reads to the end of the stream; a program that is killed ends it too.</summary>
    public async Task ReadAsync(StreamReader reader)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync();
            TaskCompletionSource news;
            lock (_gate)
            {
                if (line is null) _complete = true;
                else _lines.Add(line);
                news = _news;
                _news = NewNews();
            }
            news.SetResult();
        }
        while (line is not null);
    }

    /// <summary>The first line, old or new, that satisfies the condition; null if the output ended without one.</summary>
    public async Task<string?> FindAsync(Predicate<string> condition, CancellationToken cancellation)
    {
        for (var seen = 0; ;)
        {
            Task news;
            lock (_gate)
            {
                for (; seen < _lines.Count; seen++)
                    if (condition(_lines[seen])) return _lines[seen];
                if (_complete) return null;
                news = _news.Task;
            }
            await news.WaitAsync(cancellation);
        }
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
