using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sallyport.Options;

/// <summary>A port, a run of ports, or all of them: <c>443</c>, <c>8000-9000</c>, <c>*</c>.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>Every port, 1-65535.</summary>
    public static PortRange All => new(1, ushort.MaxValue);

    /// <summary>Whether the port lies in the range, ends included.</summary>
    public bool Contains(ushort port) => port >= First && port <= Last;

    /// <summary>Whether the two ranges have a port in common.</summary>
    public bool Overlaps(PortRange other) => First <= other.Last && other.First <= Last;

    /// <summary>Reads a number 1-65535, two of them with a hyphen between, or <c>*</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PortRange ports, [NotNullWhen(false)] out string? error)
    {
        ports = All;
        error = null;
        if (text is "*") return true;
        var hyphen = text.IndexOf('-');
        if (hyphen < 0 && TryParsePort(text, out var only))
        {
            ports = new PortRange(only, only);
            return true;
        }
        if (hyphen >= 0 && TryParsePort(text[..hyphen], out var first) && TryParsePort(text[(hyphen + 1)..], out var last))
        {
            ports = new PortRange(first, last);
            if (first <= last) return true;
            error = $"the ports `{text}` run backwards: write `{last}-{first}`";
            return false;
        }
        error = $"`{text}` is no port: a number from 1 to 65535, a range such as 8000-9000, or * is allowed";
        return false;
    }

    /// <summary>Reads one port, 1-65535, in plain decimal without leading zeros.</summary>
    internal static bool TryParsePort(ReadOnlySpan<char> text, out ushort port)
    {
        port = 0;
        if (text.Length is 0 or > 5 || text[0] == '0') return false;
        var value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = value * 10 + (c - '0');
        }
        port = (ushort)value;
        return value <= ushort.MaxValue;
    }

    /// <summary>The notation that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => this == All ? "*" : First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
