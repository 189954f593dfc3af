using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Sallyport.Wire;

namespace Sallyport.Client;

/// <summary>Sends every request of an <see cref="HttpClient"/> through a relay's one port: <c>http</c> in absolute form, <c>https</c>, <c>ws</c> and <c>wss</c> through a CONNECT tunnel.</summary>
/// <remarks>
/// Nothing bypasses the relay: no proxy variable and no system setting is read, and a loopback destination is the relay's loopback.
/// An answer of the relay itself to a plain request is returned as it came; a refused tunnel is a <see cref="RelayRefusedException"/>.
/// In the RFC form redirects are followed as <see cref="HttpClientHandler"/> does; in the patent form they are returned, because the
/// Host field that names the relay would be carried along. HTTP/3 is not used: it does not go through a TCP port.
/// </remarks>
public sealed class RelayHandler : HttpMessageHandler
{
    private readonly RelayAddress _relay;
    private readonly WireForm _wire;
    private readonly RelayDialer _dialer;
    private readonly HttpMessageInvoker _inner;

    /// <summary>A handler for one relay; nothing is connected yet.</summary>
    /// <param name="relay">The relay's shared port, as <c>http://HOST[:PORT]</c>; without a port it is 80.</param>
    /// <param name="wire">How requests are written; the application's own request is the same in both forms.</param>
    /// <exception cref="ArgumentException">The URL is not http, or has more than a host and a port.</exception>
    public RelayHandler(Uri relay, WireForm wire = WireForm.Rfc)
    {
        _dialer = new RelayDialer(relay, wire);
        _relay = RelayAddress.From(relay);
        _wire = wire;
        _inner = new HttpMessageInvoker(new SocketsHttpHandler
        {
            Proxy = new ForPlainRequests(relay),
            UseProxy = true,
            AllowAutoRedirect = wire == WireForm.Rfc,
            ConnectCallback = ConnectAsync,
        });
    }

    /// <inheritdoc/>
    /// <exception cref="RelayRefusedException">The relay refused the tunnel for a request that is not plain http.</exception>
    /// <exception cref="HttpRequestException">The relay was not reached or answered wrongly, or the request cannot be said through a relay.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var written = Write(request);
        try
        {
            return await _inner.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException wrapper) when (wrapper.InnerException is RelayRefusedException refusal)
        {
            ExceptionDispatchInfo.Throw(refusal);
            throw;
        }
    }

    /// <inheritdoc cref="SendAsync"/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var written = Write(request);
        try
        {
            return _inner.Send(request, cancellationToken);
        }
        catch (HttpRequestException wrapper) when (wrapper.InnerException is RelayRefusedException refusal)
        {
            ExceptionDispatchInfo.Throw(refusal);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }

    private AsWritten Write(HttpRequestMessage request)
    {
        var before = new AsWritten(request);
        if (request.Version.Major > 2 || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher)
        {
            // Both could become QUIC, which goes past the relay.
            if (request.Version.Major > 2 && request.VersionPolicy != HttpVersionPolicy.RequestVersionOrLower)
            {
                throw new HttpRequestException($"HTTP/{request.Version} was asked for and nothing lower; through a relay HTTP/1.0, 1.1 and 2 are possible.");
            }
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }
        if (request.RequestUri is not { IsAbsoluteUri: true } target || target.Scheme != Uri.UriSchemeHttp) return before;
        if (request.Headers.Host is { } host && !host.Equals(target.Authority, StringComparison.OrdinalIgnoreCase))
        {
            before.Dispose();
            throw new HttpRequestException($"The Host field '{host}' differs from the URL's '{target.Authority}'; through a relay the URL alone names the destination.");
        }
        if (_wire == WireForm.Patent) request.Headers.Host = _relay.Authority;
        return before;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // Decided by the address and not by the request: a redirect may have changed the request since this connection was asked for.
        var to = context.DnsEndPoint;
        return to.Port == _relay.Port && to.Host.Equals(_relay.Host, StringComparison.OrdinalIgnoreCase)
            ? new NetworkStream(await _dialer.ReachRelayAsync(cancellationToken), ownsSocket: true)
            : await _dialer.ConnectAsync(to.Host, to.Port, cancellationToken);
    }

    /// <summary>What the application wrote, put back once the request has been sent: its message is its own.</summary>
    private readonly struct AsWritten(HttpRequestMessage request) : IDisposable
    {
        private readonly string? _host = request.Headers.Host;
        private readonly Version _version = request.Version;
        private readonly HttpVersionPolicy _policy = request.VersionPolicy;

        public void Dispose()
        {
            request.Headers.Host = _host;
            request.Version = _version;
            request.VersionPolicy = _policy;
        }
    }

    /// <summary>Plain requests are written for a proxy; all others are direct, over the tunnel that the connect callback opens.</summary>
    private sealed class ForPlainRequests(Uri relay) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => destination.Scheme == Uri.UriSchemeHttp ? relay : null;

        public bool IsBypassed(Uri host) => false;
    }
}
