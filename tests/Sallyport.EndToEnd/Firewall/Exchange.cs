using System.Net.Sockets;
using Xunit;

namespace Sallyport.EndToEnd.Firewall;

/// <summary>Bytes over a connection of which the test holds both ends.</summary>
internal static class Exchange
{
    public static async Task BothWaysAsync(Socket one, Socket other)
    {
        await OneWayAsync(one, other, 0x5a);
        await OneWayAsync(other, one, 0xa5);
    }

    private static async Task OneWayAsync(Socket from, Socket to, byte value)
    {
        using var patience = new CancellationTokenSource(NamespaceRig.Deadline);
        var buffer = new byte[1];
        await from.SendAsync(new[] { value }, patience.Token);
        Assert.Equal(1, await to.ReceiveAsync(buffer, patience.Token));
        Assert.Equal(value, buffer[0]);
    }
}
