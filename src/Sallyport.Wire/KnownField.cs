namespace Sallyport.Wire;

/// <summary>The fields that framing, forwarding, content decoding, routing information and logs ask for; every other field is <see cref="Other"/> and passes by its bytes.</summary>
public enum KnownField : byte
{
#pragma warning disable CS1591 // Each member is the field of that name; a sentence would only repeat it.
    Other,
    Host,
    ContentLength,
    TransferEncoding,
    Connection,
    KeepAlive,
    ProxyConnection,
    Te,
    Trailer,
    Upgrade,
    Via,
    ProxyAuthorization,
    ProxyAuthenticate,
    ProxyAuthenticationInfo,
    Expect,
    MaxForwards,
    Date,
    ETag,
    ContentEncoding,
    CacheControl,
    AcceptEncoding,
    Vary,
    ContentType,
    UserAgent,
    Http2Settings,
    Digest,
    ContentDigest,
    ReprDigest,
    ContentMd5,
    Forwarded,
    XForwardedFor,
    XForwardedHost,
    XForwardedProto,
    XForwardedPort,

    /// <summary>Any other field whose name begins with <c>X-Forwarded-</c>.</summary>
    XForwardedOther,
    RetryAfter,
    ProxyStatus,
    Accept,
    Authorization,
    ContentRange,
    Referer,
#pragma warning restore CS1591
}
