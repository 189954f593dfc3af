using System.Net;
using System.Net.Sockets;

namespace Sallyport.Listening;

/// <summary>An address cannot be listened on: a matter of start-up, said in one line.</summary>
public sealed class ListenException(string message) : Exception(message)
{
    internal static ListenException For(IPEndPoint address, SocketException refused) => new(refused.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"cannot listen on {address}: another program listens there already",
        SocketError.AddressNotAvailable => $"cannot listen on {address}: this machine has no such address",
        SocketError.AccessDenied => $"cannot listen on {address}: ports below 1024 need more rights (CAP_NET_BIND_SERVICE)",
        _ => $"cannot listen on {address}: {refused.Message}",
    });
}
