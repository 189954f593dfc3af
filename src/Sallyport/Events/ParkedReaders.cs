namespace Sallyport.Events;

/// <summary>The readers that wait for a stream to change, and nothing else: a parked reader is one small object and a timer.</summary>
/// <remarks>
/// No wake-up is lost if a reader parks first, then reads, and only then waits: a change before the read is seen by the read,
/// and a change after parking ends the wait.
/// </remarks>
internal sealed class ParkedReaders(int limit, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<ParkedReader>> _byPath = new(StringComparer.Ordinal);
    private int _count;
    private bool _draining;

    /// <summary>How many readers are parked now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Parks a reader; null when as many as allowed are parked.</summary>
    public ParkedReader? TryPark(string path)
    {
        lock (_gate)
        {
            if (_count >= limit) return null;
            var reader = new ParkedReader(this, path, time);
            if (!_byPath.TryGetValue(path, out var readers)) _byPath.Add(path, readers = []);
            readers.Add(reader);
            _count++;
            if (_draining) reader.End(changed: false);
            return reader;
        }
    }

    /// <summary>Ends the wait of every reader of the path.</summary>
    public void Wake(string path)
    {
        ParkedReader[] woken;
        lock (_gate)
        {
            if (!_byPath.TryGetValue(path, out var readers)) return;
            woken = [.. readers];
        }
        foreach (var reader in woken) reader.End(changed: true);
    }

    /// <summary>Ends every wait, now and from now on, as if its time were up.</summary>
    public void Drain()
    {
        lock (_gate)
        {
            _draining = true;
            foreach (var readers in _byPath.Values)
                foreach (var reader in readers) reader.End(changed: false);
        }
    }

    internal void Leave(ParkedReader reader, string path)
    {
        lock (_gate)
        {
            if (!_byPath.TryGetValue(path, out var readers) || !readers.Remove(reader)) return;
            if (readers.Count == 0) _byPath.Remove(path);
            _count--;
        }
    }
}
