namespace Sallyport.Wire;

/// <summary>A network in CIDR notation: an address and how many of its leading bits count (RFC 4632, RFC 4291 section 2.3).</summary>
public readonly record struct AddressRange
{
    private readonly ulong _highMask;
    private readonly ulong _lowMask;

    /// <summary>A range from its first address and prefix length in bits of the address's own family (0-32 or 0-128).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than the family allows.</exception>
    public AddressRange(InternetAddress address, int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, address.IsV4 ? 32 : 128);
        PrefixLength = prefixLength;
        var bits = address.IsV4 ? prefixLength + 96 : prefixLength;
        _highMask = bits >= 64 ? ulong.MaxValue : bits == 0 ? 0 : ulong.MaxValue << (64 - bits);
        _lowMask = bits <= 64 ? 0 : ulong.MaxValue << (128 - bits);
        Address = address;
    }

    /// <summary>The address as written; bits past the prefix may be set and do not count.</summary>
    public InternetAddress Address { get; }

    /// <summary>How many leading bits count, in the address's own family.</summary>
    public int PrefixLength { get; }

    /// <summary>Whether bits past the prefix are all zero, as careful notation has it.</summary>
    public bool IsAligned => (Address.High & ~_highMask) == 0 && (Address.Low & ~_lowMask) == 0;

    /// <summary>Whether the address lies in the range; families never mix (an IPv4-mapped address is IPv6 here: unmap first).</summary>
    public bool Contains(InternetAddress address) =>
        address.IsV4 == Address.IsV4
        && (address.High & _highMask) == (Address.High & _highMask)
        && (address.Low & _lowMask) == (Address.Low & _lowMask);

    /// <summary>Reads <c>ADDRESS/BITS</c>; the address by <see cref="InternetAddress.TryParse(string, out InternetAddress)"/>, the bits as plain decimal.</summary>
    public static bool TryParse(string text, out AddressRange range)
    {
        ArgumentNullException.ThrowIfNull(text);
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !InternetAddress.TryParse(text[..slash], out var address)) return false;
        var digits = text.AsSpan(slash + 1);
        if (digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0')) return false;
        var bits = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c)) return false;
            bits = bits * 10 + (c - '0');
        }
        if (bits > (address.IsV4 ? 32 : 128)) return false;
        range = new AddressRange(address, bits);
        return true;
    }

    /// <summary>The CIDR notation.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";
}
