namespace Sallyport.Testing.Programs;

/// <summary>The lines that a running program has written so far; tests read them and await ones still to come.</summary>
public sealed class Transcript
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

    /// <summary>The first line, old or new, that satisfies the condition; null if the output ended without one.</summary>
    /// <exception cref="TimeoutException">None came in time; the message has all lines so far.</exception>
    public async Task<string?> FindAsync(Predicate<string> condition, string awaited, TimeSpan? limit = null)
    {
        try
        {
            return await SearchAsync(condition).Within(awaited, limit);
        }
        catch (TimeoutException expired)
        {
            throw new TimeoutException($"{expired.Message} It wrote:\n{this}", expired);
        }
    }

    /// <summary>The first line, old or new, that contains the text.</summary>
    /// <exception cref="TimeoutException">None came in time, or the output ended; the message has all lines.</exception>
    public async Task<string> LineWithAsync(string text, TimeSpan? limit = null) =>
        await FindAsync(line => line.Contains(text, StringComparison.Ordinal), $"a line with \"{text}\"", limit)
        ?? throw new TimeoutException($"The output ended without a line with \"{text}\". It wrote:\n{this}");

    /// <summary>All lines so far, for a message.</summary>
    public override string ToString() => string.Join('\n', Lines);

    internal void Add(string? line)
    {
        TaskCompletionSource news;
        lock (_gate)
        {
            // A null is how Process says that the stream ended.
            if (line is null) _complete = true;
            else _lines.Add(line);
            news = _news;
            _news = NewNews();
        }
        news.SetResult();
    }

    private async Task<string?> SearchAsync(Predicate<string> condition)
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
            await news;
        }
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
