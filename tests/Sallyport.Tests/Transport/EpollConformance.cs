using Sallyport.Transport;
using Sallyport.Transport.Epoll;
using Xunit;

namespace Sallyport.Tests.Transport;

public sealed class EpollConformance : TransportConformance
{
    protected override TransportLoop NewLoop()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll is Linux's.");
        return new EpollLoop("conformance");
    }
}
