using System.Diagnostics.CodeAnalysis;
using Sallyport.Wire;

namespace Sallyport.Options;

/// <summary>Networks as people write them: CIDR, or one address for itself; never an address with bits behind the prefix.</summary>
internal static class NetworkText
{
    public static bool TryParse(string text, out AddressRange network, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (InternetAddress.TryParse(text, out var single))
        {
            network = Plain(new AddressRange(single, single.IsV4 ? 32 : 128));
            return true;
        }
        if (!AddressRange.TryParse(text, out network))
        {
            error = $"`{text}` is no network: ADDRESS/BITS such as 10.0.0.0/8 or fd00::/8, or one address, is allowed";
            return false;
        }
        if (!network.IsAligned)
        {
            error = $"`{text}` has bits set behind its prefix: write `{FirstOf(network)}`, or `{network.Address}` for the one address";
            return false;
        }
        network = Plain(network);
        return true;
    }

    /// <summary>IPv4-mapped networks as IPv4 ones, because addresses are made plain before they are compared.</summary>
    private static AddressRange Plain(AddressRange network)
    {
        var plain = network.Address.Unmapped();
        return plain.IsV4 && !network.Address.IsV4 && network.PrefixLength >= 96 ? new AddressRange(plain, network.PrefixLength - 96) : network;
    }

    private static AddressRange FirstOf(AddressRange network)
    {
        var bits = network.Address.IsV4 ? network.PrefixLength + 96 : network.PrefixLength;
        var mask = bits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - bits);
        var first = new UInt128(network.Address.High, network.Address.Low) & mask;
        var low = (ulong)first;
        return new AddressRange(network.Address.IsV4 ? InternetAddress.FromV4((uint)low) : InternetAddress.FromV6((ulong)(first >> 64), low), network.PrefixLength);
    }
}
