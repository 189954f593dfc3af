namespace Sallyport.Wire;

/// <summary>The methods that a relay tells apart (RFC 9110 section 9.3, RFC 5789); names are case-sensitive, so <c>get</c> is <see cref="Other"/>.</summary>
public enum KnownMethod : byte
{
    /// <summary>Any other token.</summary>
    Other,

    /// <summary>GET.</summary>
    Get,

    /// <summary>HEAD.</summary>
    Head,

    /// <summary>POST.</summary>
    Post,

    /// <summary>PUT.</summary>
    Put,

    /// <summary>DELETE.</summary>
    Delete,

    /// <summary>OPTIONS.</summary>
    Options,

    /// <summary>TRACE.</summary>
    Trace,

    /// <summary>CONNECT.</summary>
    Connect,

    /// <summary>PATCH.</summary>
    Patch,
}
