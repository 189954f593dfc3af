namespace Sallyport.Wire;

/// <summary>How a request for another server is put to a relay (RFC 9112 section 3.2.2, and the patent's figure 6).</summary>
public enum WireForm : byte
{
    /// <summary>Today's rules: absolute-form target, Host equal to the target's authority, Via, the sender's own version.</summary>
    Rfc,

    /// <summary>The patent's client conversion: absolute-form target, Host names the relay, everything else byte for byte as the application wrote it.</summary>
    Patent,
}
