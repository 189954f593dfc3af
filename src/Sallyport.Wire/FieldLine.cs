namespace Sallyport.Wire;

/// <summary>The grammar of one field line (RFC 9112 section 5), shared by heads and trailer sections.</summary>
internal static class FieldLine
{
    /// <summary>Reads the line that starts at <paramref name="start"/> if it is complete in the buffer and plain; its CRLF stands behind it.</summary>
    /// <returns>False for everything else, incomplete or wrong: <see cref="FaultOf"/> then tells which once the line is complete.</returns>
    public static bool TryRead(ReadOnlySpan<byte> buffer, int start, out HeadField field)
    {
        field = default;
        var at = start;
        while ((uint)at < (uint)buffer.Length && ByteClass.IsToken(buffer[at])) at++;
        if ((uint)at >= (uint)buffer.Length || buffer[at] != ':' || at == start) return false;
        var nameEnd = at++;
        while ((uint)at < (uint)buffer.Length && IsBlank(buffer[at])) at++;
        var length = buffer[at..].IndexOfAny(ByteClass.Controls);
        if (length < 0) return false;
        var end = at + length;
        if ((uint)(end + 1) >= (uint)buffer.Length || buffer[end] != '\r' || buffer[end + 1] != '\n') return false;
        var valueEnd = end;
        while (valueEnd > at && IsBlank(buffer[valueEnd - 1])) valueEnd--;
        var known = KnownFields.Of(buffer[start..nameEnd]);
        field = new HeadField(start, end - start, nameEnd - start, new Slice(at, valueEnd - at), known, KnownFields.IsHopByHop(known), false);
        return true;
    }

    /// <summary>What is wrong with a line that is complete up to its LF and that <see cref="TryRead"/> did not take.</summary>
    /// <param name="line">The line with its LF.</param>
    /// <param name="isFirst">Whether no field stood before it.</param>
    public static HeadFault FaultOf(ReadOnlySpan<byte> line, bool isFirst)
    {
        if (line.Length < 2 || line[^2] != '\r') return HeadFault.BareLineFeed;
        line = line[..^2];
        if (line.Contains((byte)'\r')) return HeadFault.BareCarriageReturn;
        if (IsBlank(line[0])) return isFirst ? HeadFault.FirstFieldIndented : HeadFault.FieldFolded;
        var colon = line.IndexOf((byte)':');
        if (colon < 0) return HeadFault.FieldWithoutColon;
        if (colon == 0) return HeadFault.FieldNameEmpty;
        var name = line[..colon];
        if (ByteClass.IsTokenRun(name)) return HeadFault.FieldValueCharacter;
        return ByteClass.IsTokenRun(name.TrimEnd(" \t"u8)) ? HeadFault.SpaceBeforeColon : HeadFault.FieldNameCharacter;
    }

    /// <summary>Reads a complete line whose only flaw is a blank before its colon, as answers may have it (RFC 9112 section 5.1).</summary>
    public static bool TryReadSpaced(ReadOnlySpan<byte> buffer, int start, int lineLength, out HeadField field)
    {
        field = default;
        var line = buffer.Slice(start, lineLength);
        var colon = line.IndexOf((byte)':');
        var value = line[(colon + 1)..];
        if (value.IndexOfAny(ByteClass.Controls) >= 0) return false;
        var valueStart = start + lineLength - value.TrimStart(" \t"u8).Length;
        var name = line[..colon].TrimEnd(" \t"u8);
        var known = KnownFields.Of(name);
        var trimmed = new Slice(valueStart, value.Trim(" \t"u8).Length);
        field = new HeadField(start, lineLength, name.Length, trimmed, known, KnownFields.IsHopByHop(known), true);
        return true;
    }

    /// <summary>Whether too few bytes are there to tell a field line from the blank line; a lone LF is enough, for it is neither.</summary>
    public static bool IsTooShort(ReadOnlySpan<byte> buffer, int start) =>
        buffer.Length - start < 2 && (buffer.Length == start || buffer[start] != '\n');

    public static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t';
}
