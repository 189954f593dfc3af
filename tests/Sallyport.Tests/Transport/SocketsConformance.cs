using Sallyport.Transport;
using Sallyport.Transport.Sockets;

namespace Sallyport.Tests.Transport;

public sealed class SocketsConformance : TransportConformance
{
    protected override TransportLoop NewLoop() => new SocketsLoop("conformance");
}
