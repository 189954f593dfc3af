namespace Sallyport.Wire;

/// <summary>Tells what is wrong with a request line that is complete and was not taken. Off the fast path, so that it may look as often as it likes.</summary>
internal static class RequestLineFault
{
    /// <param name="line">The line with its LF; its first byte is a token's.</param>
    public static HeadFault Of(ReadOnlySpan<byte> line)
    {
        if (line[^2] != '\r') return HeadFault.BareLineFeed;
        line = line[..^2];
        if (line.Contains((byte)'\r')) return HeadFault.BareCarriageReturn;
        var methodEnd = line.IndexOf((byte)' ');
        if (methodEnd < 0) return HeadFault.RequestLineMalformed;
        if (!ByteClass.IsTokenRun(line[..methodEnd])) return HeadFault.MethodCharacter;
        var rest = line[(methodEnd + 1)..];
        var versionStart = rest.LastIndexOf((byte)' ');
        var target = versionStart < 0 ? rest : rest[..versionStart];
        if (target.Contains((byte)' ') || target.IsEmpty) return HeadFault.RequestLineMalformed;
        if (target.Contains((byte)'#')) return HeadFault.TargetFragment;
        if (target.ContainsAnyExcept(ByteClass.Target)) return HeadFault.TargetCharacter;
        return versionStart < 0 ? HeadFault.VersionMissing : OfVersion(rest[(versionStart + 1)..]);
    }

    /// <summary>A version other than HTTP/1.x (RFC 9112 section 2.3: the name is case-sensitive, each number one digit).</summary>
    public static HeadFault OfVersion(ReadOnlySpan<byte> version)
    {
        var isVersion = version.Length == 8 && version.StartsWith("HTTP/"u8) && version[6] == '.'
            && (uint)(version[5] - '0') <= 9 && (uint)(version[7] - '0') <= 9;
        return isVersion ? HeadFault.VersionNotSupported : HeadFault.VersionMalformed;
    }
}
