using System.Collections.Concurrent;
using Sallyport.Wire;

namespace Sallyport.Listening;

/// <summary>Counts connections, in all and per client address, over all loops, so that neither grows past its limit.</summary>
public sealed class ConnectionCensus(int maxConnections, int maxPerSource)
{
    private readonly ConcurrentDictionary<InternetAddress, int> _perSource = new();
    private int _maxConnections = maxConnections;
    private int _maxPerSource = maxPerSource;
    private int _connections;

    /// <summary>Connections now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Sets new limits for who comes from now on; nobody who is here has to go.</summary>
    public void Limit(int connections, int perSource)
    {
        Volatile.Write(ref _maxConnections, connections);
        Volatile.Write(ref _maxPerSource, perSource);
    }

    /// <summary>Counts one more; false when it would be one too many.</summary>
    public bool TryEnter(InternetAddress source)
    {
        if (Interlocked.Increment(ref _connections) > Volatile.Read(ref _maxConnections))
        {
            Interlocked.Decrement(ref _connections);
            return false;
        }
        if (_perSource.AddOrUpdate(source, 1, static (_, count) => count + 1) <= Volatile.Read(ref _maxPerSource)) return true;
        Leave(source);
        return false;
    }

    /// <summary>Takes one back.</summary>
    public void Leave(InternetAddress source)
    {
        Interlocked.Decrement(ref _connections);
        while (_perSource.TryGetValue(source, out var count))
        {
            if (count > 1 ? _perSource.TryUpdate(source, count - 1, count) : _perSource.TryRemove(new KeyValuePair<InternetAddress, int>(source, count))) return;
        }
    }
}
