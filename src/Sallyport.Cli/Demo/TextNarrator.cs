using System.Globalization;

namespace Sallyport.Cli.Demo;

/// <summary>Tells people, in lines of at most 80 columns; color only on a terminal, and not with NO_COLOR (no-color.org).</summary>
internal sealed class TextNarrator(TextWriter output, bool withColor) : INarrator
{
    private const int Columns = 80;

    private bool _hasWall;

    public void Open(Ground ground, string? leftOut)
    {
        _hasWall = ground.Topology is not null;
        output.WriteLine(Bold("Sallyport: everything inside a network, through one firewall port"));
        output.WriteLine();
        if (_hasWall)
        {
            output.WriteLine("   outside                 wall            inside");
            output.WriteLine("   applications + agent    one port open   relay, web, TLS and event servers");
            output.WriteLine($"   {NamespaceTopology.ClientAddress}            {NamespaceTopology.WallOutsideAddress}     {NamespaceTopology.RelayAddress} (relay), .11, .12");
            output.WriteLine();
            Wrapped("   ", "   ", "Three network namespaces on this machine, the real firewall, and this very program in every part.");
            return;
        }
        Wrapped("   ", "   ", $"On loopback and without the wall: {leftOut}.");
    }

    public void Tell(SceneRecord scene, IEnumerable<string> tails)
    {
        output.WriteLine();
        output.WriteLine(Bold(string.Create(CultureInfo.InvariantCulture, $"{scene.Number}  {scene.Title}")));
        if (scene.LeftOut is not null) Wrapped("   ", "   ", $"left out: {scene.LeftOut}");
        foreach (var line in scene.Lines)
        {
            if (line.Held is not { } held)
            {
                output.WriteLine($"   {line.What}");
                continue;
            }
            Wrapped($"   {Mark(held)} ", "     ", line.What, width: 5);
            if (held) continue;
            Wrapped("     expected: ", "       ", Visible(line.Expected!));
            Wrapped("     seen:     ", "       ", Visible(line.Seen!));
        }
        if (scene.Held) return;
        foreach (var tail in tails) output.Write(tail);
    }

    public void Close(DemoSummary summary)
    {
        output.WriteLine();
        if (!summary.Held)
        {
            output.WriteLine(Bold("Not every scene held; see the marks above."));
            return;
        }
        output.WriteLine(Bold($"All of it went through one port: {summary.SharedPort}."));
        var ports = string.Join(", ", summary.Log.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Lines} to port {one.Port}")));
        Wrapped("", "", string.Create(CultureInfo.InvariantCulture, $"The relay's log: {ports} inside, 1 refused. It took {summary.Took.TotalSeconds:0.0} s."));
    }

    private string Bold(string text) => withColor ? $"\e[1m{text}\e[0m" : text;

    private string Mark(bool held) => (held, withColor) switch
    {
        (true, true) => "\e[32m✓\e[0m",
        (true, false) => "✓",
        (false, true) => "\e[31m✗\e[0m",
        (false, false) => "✗",
    };

    private static string Visible(string text) => text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Breaks at blanks; a longer word stays whole, as addresses and digests must.</summary>
    /// <param name="first">What the first line begins with.</param>
    /// <param name="further">What the others begin with.</param>
    /// <param name="text">The words.</param>
    /// <param name="width">The columns that <paramref name="first"/> takes, where its length says otherwise.</param>
    private void Wrapped(string first, string further, string text, int? width = null)
    {
        output.Write(first);
        var start = width ?? first.Length;
        var column = start;
        foreach (var word in text.Split(' '))
        {
            if (column > start && column + 1 + word.Length > Columns)
            {
                output.WriteLine();
                output.Write(further);
                column = start = further.Length;
            }
            if (column > start)
            {
                output.Write(' ');
                column++;
            }
            output.Write(word);
            column += word.Length;
        }
        output.WriteLine();
    }
}
