using System.Net;

namespace Sallyport.Cli;

/// <summary>The form of requests towards a relay.</summary>
internal enum RelayForm
{
    /// <summary>Host names the destination (RFC 9112 section 3.2.2).</summary>
    Rfc,

    /// <summary>Host names the relay, as in the patent's figure 6.</summary>
    Patent,
}

/// <summary>The one place where a command's way to a relay is made.</summary>
internal static class RelayHttpClient
{
    /// <summary>A handler that sends everything through the relay, or directly if there is none.</summary>
    public static HttpMessageHandler Create(Uri? relay, RelayForm form)
    {
        var sockets = new SocketsHttpHandler
        {
            UseProxy = relay is not null,
            Proxy = relay is null ? null : new WebProxy(relay),
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
        };
        return relay is null || form == RelayForm.Rfc ? sockets : new PatentForm(relay, sockets);
    }

    // The request line stays absolute, which the proxy setting sees to; only Host changes. TLS goes through CONNECT and has no Host to change.
    private sealed class PatentForm(Uri relay, HttpMessageHandler next) : DelegatingHandler(next)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri is { Scheme: "http" }) request.Headers.Host = relay.Authority;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
