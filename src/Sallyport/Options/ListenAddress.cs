using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sallyport.Wire;

namespace Sallyport.Options;

/// <summary>An address and port to listen on; port 0 lets the system pick one.</summary>
public sealed record ListenAddress(InternetAddress Address, ushort Port)
{
    /// <summary>Whether it stands for every address of the machine: <c>0.0.0.0</c> or <c>::</c>.</summary>
    public bool IsAny => Address.High == 0 && (Address.IsV4 ? Address.V4Bits == 0 : Address.Low == 0);

    /// <summary>Reads <c>ADDR:PORT</c> or <c>[V6]:PORT</c>; the address is a literal, never a name.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? listen, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        listen = null;
        error = $"`{text}` is no address to listen on: ADDRESS:PORT such as 0.0.0.0:8080, or [::]:8080, is allowed";
        var colon = text.LastIndexOf(':');
        if (colon <= 0) return false;
        var host = text[..colon];
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!InternetAddress.TryParse(bracketed ? host[1..^1] : host, out var address) || address.IsV4 == bracketed) return false;
        ushort port = 0;
        if (text.AsSpan(colon + 1) is not "0" && !PortRange.TryParsePort(text.AsSpan(colon + 1), out port))
        {
            error = $"`{text}` has no good port: a number from 1 to 65535, or 0 for any free one, is allowed";
            return false;
        }
        listen = new ListenAddress(address, port);
        error = null;
        return true;
    }

    /// <summary><c>ADDR:PORT</c> or <c>[V6]:PORT</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Address.IsV4 ? $"{Address}" : $"[{Address}]")}:{Port}");
}
