using System.Buffers.Binary;
using Sallyport.Wire;

namespace Sallyport.Transport.Epoll;

/// <summary><c>struct sockaddr_in</c> and <c>sockaddr_in6</c>, written and read by hand: 16 and 28 bytes.</summary>
internal static class SocketAddress
{
    public const int MaxLength = 28;

    /// <summary>Writes the address and returns its length in bytes.</summary>
    public static int Write(Span<byte> destination, InternetAddress address, ushort port)
    {
        destination[..MaxLength].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)(address.IsV4 ? Abi.Inet : Abi.Inet6));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], port);
        if (address.IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], address.V4Bits);
            return 16;
        }
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], address.High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], address.Low);
        return 28;
    }

    /// <summary>Reads what the kernel wrote; an IPv4-mapped address comes out as IPv4.</summary>
    public static (InternetAddress Address, ushort Port) Read(ReadOnlySpan<byte> source)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(source) == Abi.Inet
            ? (InternetAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(source[4..])), port)
            : (InternetAddress.FromV6(BinaryPrimitives.ReadUInt64BigEndian(source[8..]), BinaryPrimitives.ReadUInt64BigEndian(source[16..])).Unmapped(), port);
    }
}
