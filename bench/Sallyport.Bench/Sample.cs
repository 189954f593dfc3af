using System.Text;

namespace Sallyport.Bench;

/// <summary>The messages that the benches share: what bench/relay sends, and what its origin answers.</summary>
internal static class Sample
{
    public static byte[] SmallRequest { get; } = Encoding.ASCII.GetBytes("GET http://127.0.0.1:9001/small HTTP/1.1\r\nHost: 127.0.0.1:9001\r\n\r\n");

    public static byte[] Answer { get; } = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\nContent-Length: 135\r\nConnection: keep-alive\r\n\r\n");
}
