namespace Sallyport.Wire;

/// <summary>A host and perhaps a port, as in a request target or a Host field (RFC 3986 section 3.2, RFC 9110 section 4.2), read strictly.</summary>
public readonly struct Authority
{
    /// <summary>How long a DNS name may be in bytes, its trailing dot not counted (RFC 1035 section 2.3.4).</summary>
    public const int MaxNameBytes = 253;

    private const int MaxLabelBytes = 63;

    private Authority(HostKind kind, Slice host, int port, InternetAddress address)
    {
        Kind = kind;
        Host = host;
        Port = port;
        Address = address;
    }

    /// <summary>What the host is.</summary>
    public HostKind Kind { get; }

    /// <summary>The host as written, without the brackets of an IPv6 address, with a name's trailing dot.</summary>
    public Slice Host { get; }

    /// <summary>The port, 1-65535; 0 if none was given.</summary>
    public int Port { get; }

    /// <summary>The address, for <see cref="HostKind.V4"/> and <see cref="HostKind.V6"/>.</summary>
    public InternetAddress Address { get; }

    /// <summary>The port, or the one given if there is none.</summary>
    public int PortOr(int port) => Port == 0 ? port : Port;

    /// <summary>Reads the whole of <paramref name="text"/> as <c>host[:port]</c>.</summary>
    /// <param name="text">The authority.</param>
    /// <param name="offset">Where the text stands in the buffer: added to the start of <see cref="Host"/>.</param>
    /// <param name="authority">What was read.</param>
    /// <returns>
    /// False for user information, percent-encoding, zone ids and IPvFuture, empty or overlong labels, an empty port or one outside 1-65535, and for
    /// names that other readers take for an address: those whose last label is all digits or begins with 0x (127.1, 2130706433, 0x7f.1).
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> text, int offset, out Authority authority)
    {
        authority = default;
        if (text.IsEmpty) return false;
        if (text[0] == '[') return TryReadV6(text, offset, out authority);

        int at = 0, labelStart = 0;
        var digitsOnly = true;
        for (; at < text.Length; at++)
        {
            var b = text[at];
            if (ByteClass.IsLabel(b))
            {
                digitsOnly &= (uint)(b - '0') <= 9;
                continue;
            }
            if (b == ':') break;
            if (b != '.' || at == labelStart || at - labelStart > MaxLabelBytes) return false;
            if (at + 1 == text.Length || text[at + 1] == ':')
            {
                // The one trailing dot of a complete name; the label before it stays the last.
                return !digitsOnly && FinishName(text, offset, labelStart, at, at + 1, out authority);
            }
            labelStart = at + 1;
            digitsOnly = true;
        }
        if (at == labelStart || at - labelStart > MaxLabelBytes) return false;
        if (!digitsOnly) return FinishName(text, offset, labelStart, at, at, out authority);
        if (!InternetAddress.TryParse(text[..at], out var address) || !TryReadPort(text[at..], out var port)) return false;
        authority = new Authority(HostKind.V4, new Slice(offset, at), port, address);
        return true;
    }

    /// <summary>The same authority with its host counted from another start: for the same text standing elsewhere in the buffer.</summary>
    internal Authority MovedBy(int distance) => new(Kind, new Slice(Host.Start + distance, Host.Length), Port, Address);

    private static bool FinishName(ReadOnlySpan<byte> text, int offset, int lastLabel, int nameEnd, int hostEnd, out Authority authority)
    {
        authority = default;
        if (nameEnd > MaxNameBytes) return false;
        if (nameEnd - lastLabel >= 2 && text[lastLabel] == '0' && (text[lastLabel + 1] | 0x20) == 'x') return false;
        if (!TryReadPort(text[hostEnd..], out var port)) return false;
        authority = new Authority(HostKind.Name, new Slice(offset, hostEnd), port, default);
        return true;
    }

    private static bool TryReadV6(ReadOnlySpan<byte> text, int offset, out Authority authority)
    {
        authority = default;
        var close = text.IndexOf((byte)']');
        if (close < 0 || !InternetAddress.TryParse(text[1..close], out var address) || address.IsV4) return false;
        if (!TryReadPort(text[(close + 1)..], out var port)) return false;
        authority = new Authority(HostKind.V6, new Slice(offset + 1, close - 1), port, address);
        return true;
    }

    /// <summary>Nothing at all, or a colon and a number.</summary>
    private static bool TryReadPort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.IsEmpty) return true;
        if (text[0] != ':' || text.Length is 1 or > 6 || text[1] == '0') return false;
        foreach (var b in text[1..])
        {
            var digit = (uint)(b - '0');
            if (digit > 9) return false;
            port = port * 10 + (int)digit;
        }
        return port <= 65535;
    }
}
