using System.Text;
using Sallyport.Wire;

namespace Sallyport.Forwarding;

/// <summary>Which switch of protocols is passed on: WebSocket's alone (RFC 6455). Others would change what this relay itself has to read (h2c, TLS/1.0) and are dropped, as RFC 9110 section 7.8 lets a server do.</summary>
internal static class Upgrading
{
    /// <summary>Whether the request asks for WebSocket, properly: HTTP/1.1, GET, <c>Connection: upgrade</c> and exactly that protocol.</summary>
    public static bool IsWanted(RequestHead head, ReadOnlySpan<byte> buffer)
    {
        if (!head.ConnectionUpgrade || head.MinorVersion == 0 || head.KnownMethod != KnownMethod.Get) return false;
        var wanted = false;
        foreach (ref readonly var field in head.Fields)
        {
            if (field.Known != KnownField.Upgrade) continue;
            if (wanted || !Ascii.EqualsIgnoreCase(field.Value.Of(buffer), "websocket"u8)) return false;
            wanted = true;
        }
        return wanted;
    }
}
