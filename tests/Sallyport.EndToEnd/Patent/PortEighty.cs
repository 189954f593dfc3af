using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Xunit;

namespace Sallyport.EndToEnd.Patent;

/// <summary>Port 80 itself, which alone may be left unsaid: on a loopback address that hardly anybody else has, since the port cannot be chosen.</summary>
internal static class PortEighty
{
    /// <summary>An address with port 80 that can be listened on; without one (not root, say) the test is skipped.</summary>
    public static IPEndPoint OrSkip()
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var parts = RandomNumberGenerator.GetBytes(2);
            var endpoint = new IPEndPoint(new IPAddress([127, 80, parts[0], (byte)Math.Clamp((int)parts[1], 1, 254)]), 80);
            using var probe = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(endpoint);
                return endpoint;
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another test's: there are 65,000 more.
            }
            catch (SocketException refused)
            {
                Assert.Skip($"port 80 cannot be listened on: {refused.Message}");
            }
        }
        Assert.Skip("port 80 is taken on every address that was tried");
        return null;
    }
}
