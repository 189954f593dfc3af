namespace Sallyport.EndToEnd.Patent;

/// <summary>What happened outside of the relay, in the order in which it happened: the recorder of the patent's figures.</summary>
internal sealed class Chronicle
{
    private readonly Lock _gate = new();
    private readonly List<string> _entries = [];

    /// <summary>The entries so far, in order.</summary>
    public IReadOnlyList<string> Entries
    {
        get { lock (_gate) return [.. _entries]; }
    }

    /// <summary>Notes what has just happened.</summary>
    public void Note(string what)
    {
        lock (_gate) _entries.Add(what);
    }
}
