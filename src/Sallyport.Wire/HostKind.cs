namespace Sallyport.Wire;

/// <summary>What stands as the host of an authority.</summary>
public enum HostKind : byte
{
    /// <summary>There is no authority.</summary>
    None,

    /// <summary>A DNS name.</summary>
    Name,

    /// <summary>A dotted-quad IPv4 address.</summary>
    V4,

    /// <summary>An IPv6 address in brackets.</summary>
    V6,
}
