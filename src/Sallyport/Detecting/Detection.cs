namespace Sallyport.Detecting;

/// <summary>What the first bytes of a connection say of its protocol.</summary>
public enum Detection : byte
{
    /// <summary>Too few bytes to say.</summary>
    NeedMore,

    /// <summary>HTTP/1, or something that its head reader is to refuse.</summary>
    Http1,

    /// <summary>The connection preface of HTTP/2 (RFC 9113 section 3.4).</summary>
    Http2,

    /// <summary>A TLS record with a handshake in it (RFC 8446 section 5.1).</summary>
    Tls,

    /// <summary>A SOCKS greeting, version 4 or 5 (RFC 1928 section 3).</summary>
    Socks,

    /// <summary>Not looked at: the listener says that whatever comes is to be tunnelled.</summary>
    Opaque,

    /// <summary>Nothing came: the client closed, or took too long.</summary>
    Silent,
}
