using Sallyport.Wire;

namespace Sallyport.Forwarding;

/// <summary>Names that become a field of framing or credentials once a CGI-style destination has turned <c>_</c> into <c>-</c>: they do not go on.</summary>
internal static class Lookalikes
{
    /// <summary>Whether the field's name is one of those.</summary>
    public static bool Is(in HeadField field, ReadOnlySpan<byte> buffer)
    {
        if (field.Known != KnownField.Other) return false;
        var name = field.Name.Of(buffer);
        if (name.Length > 32 || !name.Contains((byte)'_')) return false;
        Span<byte> dashed = stackalloc byte[name.Length];
        name.Replace(dashed, (byte)'_', (byte)'-');
        return KnownFields.Of(dashed) is KnownField.ContentLength or KnownField.Host || KnownFields.IsHopByHop(KnownFields.Of(dashed));
    }
}
