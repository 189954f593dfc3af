using Sallyport.Wire;

namespace Sallyport.Forwarding;

/// <summary>Max-Forwards of OPTIONS and TRACE (RFC 9110 section 7.6.2): counted down by every hop, and the one that finds 0 goes no further.</summary>
internal static class MaxForwards
{
    /// <summary>Whether the request may not be forwarded any more.</summary>
    public static bool IsReached(RequestHead head, ReadOnlySpan<byte> buffer) => TryRead(head, buffer, out var left) && left == 0;

    /// <summary>Writes the field one lower; false when the field is not to be touched.</summary>
    public static bool TryWriteLower(ref HeadWriter writer, RequestHead head, ReadOnlySpan<byte> buffer)
    {
        if (!TryRead(head, buffer, out var left)) return false;
        writer.Write("Max-Forwards: "u8);
        writer.WriteDecimal(Math.Max(0, left - 1));
        writer.Write("\r\n"u8);
        return true;
    }

    private static bool TryRead(RequestHead head, ReadOnlySpan<byte> buffer, out long left)
    {
        left = 0;
        return head.KnownMethod is KnownMethod.Options or KnownMethod.Trace
            && head.TryFind(KnownField.MaxForwards, out var at)
            && DecimalDigits.TryRead(head.Fields[at].Value.Of(buffer), out left);
    }
}
