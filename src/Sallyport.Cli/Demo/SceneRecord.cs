namespace Sallyport.Cli.Demo;

/// <summary>One thing that a scene says: a claim that held or did not, or, without a claim, text to be shown as it is.</summary>
/// <param name="What">The claim or the text.</param>
/// <param name="Held">Null for text.</param>
/// <param name="Expected">Of a claim that did not hold: what should have been.</param>
/// <param name="Seen">And what was.</param>
internal sealed record SceneLine(string What, bool? Held = null, string? Expected = null, string? Seen = null);

/// <summary>What one scene has shown.</summary>
internal sealed class SceneRecord(int number, string title)
{
    private readonly List<SceneLine> _lines = [];

    public int Number => number;

    public string Title => title;

    public IReadOnlyList<SceneLine> Lines => _lines;

    /// <summary>Why the scene was left out; null when it was played.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Whether every claim held; a scene without any has shown nothing.</summary>
    public bool Held => LeftOut is not null || _lines.Any(line => line.Held is not null) && _lines.All(line => line.Held != false);

    /// <summary>Text as it is.</summary>
    public void Show(string text) => _lines.Add(new SceneLine(text));

    /// <summary>A claim, with what a reader needs when it does not hold.</summary>
    public void Claim(bool held, string what, string expected, string seen) =>
        _lines.Add(held ? new SceneLine(what, true) : new SceneLine(what, false, expected, seen));
}
