namespace Sallyport.Cli.Demo;

/// <summary>How it all ended.</summary>
internal sealed record DemoSummary(bool Held, string SharedPort, IReadOnlyList<(int Port, int Lines)> Log, TimeSpan Took, string? LeftOut)
{
    /// <summary>What was used and must be gone at the end: process ids, namespaces, and the folder.</summary>
    public required (IReadOnlyList<int> Processes, IReadOnlyList<string> Namespaces, string Folder) Traces { get; init; }
}

/// <summary>Tells what happens, to people or to programs.</summary>
internal interface INarrator
{
    void Open(Ground ground, string? leftOut);

    void Tell(SceneRecord scene, IEnumerable<string> tails);

    void Close(DemoSummary summary);
}
