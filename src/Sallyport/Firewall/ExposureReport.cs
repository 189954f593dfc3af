using System.Net;

namespace Sallyport.Firewall;

/// <summary>What a probe of one address found.</summary>
/// <param name="Target">The address.</param>
/// <param name="Open">The ports that took a connection, ascending.</param>
/// <param name="Closed">The ports that refused it, ascending: not filtered, only nobody there at the moment.</param>
/// <param name="Silent">How many gave no answer.</param>
/// <param name="Unreachable">How many were answered with "cannot be reached".</param>
public sealed record ExposureReport(IPAddress Target, IReadOnlyList<int> Open, IReadOnlyList<int> Closed, int Silent, int Unreachable)
{
    // Enough to act on, short enough for one line.
    private const int ListedPorts = 20;

    /// <summary>How many ports were probed.</summary>
    public int Total => Open.Count + Closed.Count + Silent + Unreachable;

    /// <summary>Whether exactly the expected ports are open.</summary>
    public bool Holds(IReadOnlyCollection<int> expected) => Open.Order().SequenceEqual(expected.Distinct().Order());

    /// <summary>The result in sentences, one per line: <c>1 of 65535 ports open: 8080. Proof holds.</c></summary>
    public string ToText(IReadOnlyCollection<int> expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var list = Open.Count == 0 ? "" : ": " + List(Open);
        var lines = new List<string> { $"{Open.Count} of {Total} ports open{list}. {(Holds(expected) ? "Proof holds." : "Proof fails.")}" };
        if (Open.Except(expected).ToList() is { Count: > 0 } surplus) lines.Add($"Open and not expected: {List(surplus)}.");
        if (expected.Except(Open).Order().ToList() is { Count: > 0 } lacking)
            lines.Add($"Expected and not open: {List(lacking)}. Does the relay run, and does the way there lead through the firewall?");
        lines.Add($"The others: {Silent} silent (filtered), {Closed.Count} closed (refused), {Unreachable} unreachable.");
        if (Closed.Count > 0)
            lines.Add($"Closed ports are reached from here, only nobody listens: {List(Closed)}. A firewall that drops would keep them silent.");
        return string.Join('\n', lines);
    }

    private static string List(IReadOnlyList<int> ports) =>
        string.Join(", ", ports.Take(ListedPorts)) + (ports.Count > ListedPorts ? $" and {ports.Count - ListedPorts} more" : "");
}
