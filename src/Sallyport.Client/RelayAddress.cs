namespace Sallyport.Client;

/// <summary>Where the relay is: the parts of an <c>http://HOST[:PORT]</c> URL, and nothing that such a URL could carry besides.</summary>
internal sealed record RelayAddress(Uri Url, string Host, int Port)
{
    /// <summary>Host and port as the Host field has them: the port is left out only when it is 80.</summary>
    public string Authority => Url.Authority;

    /// <exception cref="ArgumentException">The URL is not absolute, not http, or has user, path, query or fragment.</exception>
    public static RelayAddress From(Uri relay)
    {
        ArgumentNullException.ThrowIfNull(relay);
        if (!relay.IsAbsoluteUri) throw Bad(relay, "it is relative");
        // What follows may be a password, so a URL with a user part is described and never repeated.
        if (relay.UserInfo.Length > 0) throw new ArgumentException("A relay is named as http://HOST[:PORT]; this URL has a user part, which does not belong there.", nameof(relay));
        if (relay.Scheme == Uri.UriSchemeHttps) throw Bad(relay, "a relay that listens with TLS is not supported by this library");
        if (relay.Scheme != Uri.UriSchemeHttp) throw Bad(relay, $"the scheme '{relay.Scheme}' is not http");
        if (relay.PathAndQuery != "/" || relay.Fragment.Length > 0) throw Bad(relay, "it has more than a host and a port");
        if (relay.Host.Length == 0 || relay.Port is < 1 or > 65535) throw Bad(relay, "the port is not in 1-65535");
        return new RelayAddress(relay, relay.IdnHost, relay.Port);
    }

    private static ArgumentException Bad(Uri relay, string why) =>
        new($"A relay is named as http://HOST[:PORT]; found '{relay.OriginalString}': {why}.", nameof(relay));
}
