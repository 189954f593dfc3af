using System.Net;
using System.Net.Sockets;
using Sallyport.Listening;
using Xunit;

namespace Sallyport.Tests.Listening;

public sealed class ListenLockTests
{
    public ListenLockTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The abstract name space is Linux's.");

    [Fact]
    public void A_port_that_a_relay_holds_is_refused_with_its_process()
    {
        var address = FreeAddress();
        using var first = ListenLock.Take(address);
        Assert.NotNull(first);
        var refused = Assert.Throws<ListenException>(() => ListenLock.Take(address));
        Assert.Equal($"cannot listen on {address}: process {Environment.ProcessId} (another sallyport) listens there already", refused.Message);
    }

    [Fact]
    public void A_lock_given_up_can_be_taken_again()
    {
        var address = FreeAddress();
        ListenLock.Take(address)!.Dispose();
        using var second = ListenLock.Take(address);
        Assert.NotNull(second);
    }

    [Fact]
    public void A_port_that_another_program_listens_on_is_refused()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var address = (IPEndPoint)other.LocalEndPoint!;
        var refused = Assert.Throws<ListenException>(() => ListenLock.TakeFree(address));
        Assert.Equal($"cannot listen on {address}: another program listens there already", refused.Message);
    }

    [Fact]
    public void An_address_of_another_machine_is_refused()
    {
        var address = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 8080);
        var refused = Assert.Throws<ListenException>(() => ListenLock.TakeFree(address));
        Assert.Equal($"cannot listen on {address}: this machine has no such address", refused.Message);
    }

    [Fact]
    public void Port_0_needs_no_lock() => Assert.Null(ListenLock.TakeFree(new IPEndPoint(IPAddress.Loopback, 0)));

    /// <summary>A port that the system has just given out and taken back; on a loopback address of the test's own, so that nobody else is given it meanwhile.</summary>
    private static IPEndPoint FreeAddress()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Parse("127.77.0.1"), 0));
        return (IPEndPoint)probe.LocalEndPoint!;
    }
}
