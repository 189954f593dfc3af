using System.Net;
using System.Security.Cryptography.X509Certificates;
using Sallyport.Events;

namespace Sallyport.Serving;

/// <summary>What a <see cref="ResourceServer"/> serves, and where.</summary>
public sealed record ResourceOptions
{
    /// <summary>The directory whose files are the resources; it must exist.</summary>
    public required string Directory { get; init; }

    /// <summary>Where to listen; port 0 lets the system choose one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The certificate with its private key, then the rest of its chain; null serves plain HTTP.</summary>
    public X509Certificate2Collection? Certificates { get; init; }

    /// <summary>Whether a directory without an index.html answers with a listing; otherwise it is 404.</summary>
    public bool List { get; init; }

    /// <summary>The events room to serve beside the files, under <c>/v1/</c>; null for none.</summary>
    public EventEndpoint? Events { get; init; }
}
