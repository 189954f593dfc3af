namespace Sallyport.Wire;

/// <summary>The form of a request target (RFC 9112 section 3.2).</summary>
public enum TargetForm : byte
{
    /// <summary><c>/path?query</c>: a request to the server itself.</summary>
    Origin,

    /// <summary><c>http://authority/path?query</c>: a request to a proxy.</summary>
    Absolute,

    /// <summary><c>host:port</c>: CONNECT.</summary>
    Authority,

    /// <summary><c>*</c>: OPTIONS of the server as a whole.</summary>
    Asterisk,
}
