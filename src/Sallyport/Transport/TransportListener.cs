using System.Net;

namespace Sallyport.Transport;

/// <summary>A listening socket of one loop.</summary>
public abstract class TransportListener
{
    /// <summary>What it listens on, with the port that was picked if 0 was asked for.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>Takes no more connections. Loop's thread only.</summary>
    public abstract void Close();
}
