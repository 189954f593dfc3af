namespace Sallyport.Transport;

/// <summary>How one socket operation ended. What a peer can cause is a code here, never an exception.</summary>
public enum IoStatus : byte
{
    /// <summary>It did what was asked.</summary>
    Ok,

    /// <summary>The peer has sent its last byte (FIN).</summary>
    EndOfStream,

    /// <summary>The peer, or something between, ended the connection abruptly (RST).</summary>
    Reset,

    /// <summary>The operation's own deadline passed.</summary>
    TimedOut,

    /// <summary>This side closed the socket while the operation waited.</summary>
    Closed,

    /// <summary>Nobody listens there (connect only).</summary>
    Refused,

    /// <summary>No route to the address, or a firewall that says so (connect only).</summary>
    Unreachable,

    /// <summary>This process has no descriptor or memory left for it (connect only).</summary>
    OutOfResources,

    /// <summary>The operating system gave a reason that has no word here.</summary>
    Failed,
}
