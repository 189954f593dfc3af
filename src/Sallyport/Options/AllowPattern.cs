using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Options;

/// <summary>The <c>HOST:PORT</c> of a rule: what <c>--allow</c> takes and what <c>to</c> takes beside destination names.</summary>
public sealed record AllowPattern
{
    /// <summary>A pattern from its parts.</summary>
    public AllowPattern(HostPattern host, PortRange ports) => (Host, Ports) = (host, ports);

    /// <summary>Which hosts.</summary>
    public HostPattern Host { get; }

    /// <summary>Which ports.</summary>
    public PortRange Ports { get; }

    /// <summary>Reads <c>HOST:PORT</c>. HOST is a name, a name with <c>*</c>, an address or a network, IPv6 in brackets; PORT a number, a range or <c>*</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AllowPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        pattern = null;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || colon < text.IndexOf(']', StringComparison.Ordinal))
        {
            error = $"`{text}` has no port: write HOST:PORT, such as `{(text.Length == 0 ? "www.def.co.jp" : text)}:443`, or `:*` at its end for every port";
            return false;
        }
        var hostText = text[..colon];
        if (hostText.Contains(':', StringComparison.Ordinal) && !hostText.StartsWith('['))
        {
            error = $"`{text}` is not HOST:PORT: an IPv6 address or network stands in brackets, such as [fd00::/8]:443";
            return false;
        }
        if (!HostPattern.TryParse(hostText, out var host, out error)) return false;
        if (!PortRange.TryParse(text.AsSpan(colon + 1), out var ports, out error)) return false;
        pattern = new AllowPattern(host, ports);
        return true;
    }

    /// <summary>The notation that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => $"{Host}:{Ports}";
}
