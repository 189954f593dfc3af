using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Sallyport.Cli.Demo.Applications;

/// <summary>An application that writes its requests by hand, byte for byte.</summary>
internal static class SayApplication
{
    public static async Task RunAsync(Utf8JsonWriter json, IPEndPoint address, CancellationToken cancellation)
    {
        using var text = new MemoryStream();
        await Console.OpenStandardInput().CopyToAsync(text, cancellation);
        using var client = new TcpClient(address.AddressFamily);
        await client.ConnectAsync(address, cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(text.ToArray(), cancellation);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, cancellation);
        var whole = Encoding.Latin1.GetString(answer.ToArray());
        json.WriteString("statusLine", whole.Split("\r\n")[0]);
        var end = whole.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        json.WriteString("body", end < 0 ? "" : whole[(end + 4)..]);
    }
}
