using System.Net.Sockets;
using Sallyport.Testing;
using Sallyport.Tests.Transport;
using Sallyport.Transport;
using Sallyport.Tunneling;

namespace Sallyport.Tests.Tunneling;

/// <summary>A tunnel over real connections: a client and a destination outside, the tunnel's two sockets between them.</summary>
internal sealed class TunnelRig
{
    private TunnelRig(LoopRig loop, TransportSocket clientSide, TransportSocket destinationSide, Socket client, Socket destination)
    {
        Loop = loop;
        ClientSide = clientSide;
        DestinationSide = destinationSide;
        Client = client;
        Destination = destination;
    }

    public LoopRig Loop { get; }

    public TransportSocket ClientSide { get; }

    public TransportSocket DestinationSide { get; }

    public Socket Client { get; }

    public Socket Destination { get; }

    public Tunnel Tunnel { get; private set; } = null!;

    public static async Task<TunnelRig> PrepareAsync(LoopRig loop)
    {
        var (clientSide, client) = await loop.ConnectAsync();
        var (destinationSide, destination) = await loop.ConnectAsync();
        return new TunnelRig(loop, clientSide, destinationSide, client, destination);
    }

    /// <summary>Starts the tunnel; the task is its end.</summary>
    public Task<TunnelEnd> Run(TimeSpan? idle = null)
    {
        Tunnel = new Tunnel(ClientSide, DestinationSide, idle ?? Deadline.Usual);
        return Loop.OnLoop(async () => await Tunnel.RunAsync());
    }
}
