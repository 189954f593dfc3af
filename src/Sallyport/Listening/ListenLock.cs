using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.Listening;

/// <summary>
/// Holds a port for this process. With SO_REUSEPORT the system would let a second relay of the same user onto the same port, and hand each half of the
/// connections; the lock is a socket in the abstract name space, which goes with its process and belongs to one network namespace, as ports do.
/// </summary>
internal sealed class ListenLock : IDisposable
{
    private const int SolSocket = 1;
    private const int ReuseAddress = 2;
    private const int PeerCredentials = 17;

    private readonly Socket _socket;

    private ListenLock(Socket socket) => _socket = socket;

    /// <summary>Sees to it that nobody else has the port, and takes its lock. Null where there is nothing to lock: port 0, or a system without such locks.</summary>
    /// <exception cref="ListenException">Another process has it.</exception>
    public static ListenLock? TakeFree(IPEndPoint address)
    {
        if (!OperatingSystem.IsLinux() || address.Port == 0) return null;
        var held = Take(address);
        try
        {
            ProbeOthers(address);
            return held;
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Takes the lock of a port that is ours already.</summary>
    /// <exception cref="ListenException">Another process has it.</exception>
    public static ListenLock? Take(IPEndPoint address)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var name = new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"\0sallyport-listens-on-{address}"));
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(name);
            socket.Listen(1);
            return new ListenLock(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw new ListenException($"cannot listen on {address}: process {HolderOf(name)} (another sallyport) listens there already");
        }
    }

    /// <summary>A listener of another program shows when the port is bound without SO_REUSEPORT.</summary>
    private static void ProbeOthers(IPEndPoint address)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // The framework's own ReuseAddress sets SO_REUSEPORT too, which would let the probe share the port it asks about.
        probe.SetRawSocketOption(SolSocket, ReuseAddress, [1, 0, 0, 0]);
        try
        {
            probe.Bind(address);
        }
        catch (SocketException refused)
        {
            throw ListenException.For(address, refused);
        }
    }

    private static string HolderOf(UnixDomainSocketEndPoint name)
    {
        try
        {
            using var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            caller.Connect(name);
            Span<byte> credentials = stackalloc byte[12];
            caller.GetRawSocketOption(SolSocket, PeerCredentials, credentials);
            return BinaryPrimitives.ReadInt32LittleEndian(credentials).ToString(CultureInfo.InvariantCulture);
        }
        catch (SocketException)
        {
            return "unknown";
        }
    }

    public void Dispose() => _socket.Dispose();
}
