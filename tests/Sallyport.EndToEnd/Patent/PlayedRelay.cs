using System.Net;
using Sallyport.Testing.Raw;

namespace Sallyport.EndToEnd.Patent;

/// <summary>The aggregation port played by the test: it keeps the bytes that a client's side sends there (503 of figure 6).</summary>
internal static class PlayedRelay
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    /// <summary>On a port that the system chose.</summary>
    public static RawDestination Start() => RawDestination.Answering(Answer);

    /// <summary>On a certain address, for what depends on the port's number.</summary>
    public static RawDestination StartAt(IPEndPoint address) => RawDestination.PlayingAt(address, async connection =>
    {
        while (await RawDestination.TakeRequestAsync(connection)) await connection.SendAsync(Answer);
    });
}
