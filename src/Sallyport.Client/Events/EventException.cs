namespace Sallyport.Client.Events;

/// <summary>A stream or the way to it refused.</summary>
public sealed class EventException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="message">What was refused and why, in one line.</param>
    /// <param name="status">The status, or 0 if no answer came.</param>
    /// <param name="proxyStatus">The Proxy-Status field (RFC 9209) if an intermediary answered in the stream's place.</param>
    /// <param name="inner">What lies beneath, if anything.</param>
    public EventException(string message, int status, string? proxyStatus = null, Exception? inner = null)
        : base(message, inner)
    {
        Status = status;
        ProxyStatus = proxyStatus;
    }

    /// <summary>The HTTP status, or 0 if no answer came.</summary>
    public int Status { get; }

    /// <summary>The Proxy-Status field (RFC 9209): present when a relay, not the stream's server, answered.</summary>
    public string? ProxyStatus { get; }
}
