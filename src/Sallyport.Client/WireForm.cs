namespace Sallyport.Client;

/// <summary>How a request is written for the relay: by today's rules, or as patent JP4570628B2 shows it.</summary>
public enum WireForm
{
    /// <summary>RFC 9112 section 3.2: the Host field names the destination, as the target does.</summary>
    Rfc,

    /// <summary>
    /// Figures 6 and 10 of the patent: the target names the destination and its port, the Host field names the relay
    /// (its port left out only when it is 80). The relay restores the application's own head from the two.
    /// </summary>
    Patent,
}
