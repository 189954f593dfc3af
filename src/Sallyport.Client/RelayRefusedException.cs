using System.Net;

namespace Sallyport.Client;

/// <summary>The relay answered, and the answer was no: there is no tunnel to the destination, and the connection to the relay is closed.</summary>
/// <remarks><see cref="HttpRequestException.StatusCode"/> is always set; <see cref="HttpRequestException.HttpRequestError"/> is <see cref="HttpRequestError.ProxyTunnelError"/>.</remarks>
public sealed class RelayRefusedException : HttpRequestException
{
    internal RelayRefusedException(string message, int status, RelayProxyStatus? reason, string? bodyLine)
        : base(HttpRequestError.ProxyTunnelError, message, null, (HttpStatusCode)status)
    {
        RefusedBy = reason?.Name;
        ProxyError = reason?.Error;
        Details = reason?.Details;
        BodyLine = bodyLine;
    }

    /// <summary>The name of the relay that refused, of several in a row, as Proxy-Status tells it (RFC 9209 section 2); null when it does not.</summary>
    public string? RefusedBy { get; }

    /// <summary>The error type of Proxy-Status (RFC 9209 section 2.1.1), such as <c>http_request_denied</c> or <c>connection_refused</c>; null when the answer has none.</summary>
    public string? ProxyError { get; }

    /// <summary>The details of Proxy-Status (RFC 9209 section 2.1.4), for people; null when the answer has none.</summary>
    public string? Details { get; }

    /// <summary>The first line of a plain-text body, without control characters, 200 characters at most; null when there is none.</summary>
    public string? BodyLine { get; }
}
