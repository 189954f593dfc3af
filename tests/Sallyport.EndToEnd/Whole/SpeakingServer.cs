using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.EndToEnd.Whole;

/// <summary>A server of no web protocol: it greets, gives every line back, and ends when its client does.</summary>
internal sealed class SpeakingServer : IAsyncDisposable
{
    public const string Greeting = "220 mail.inside ready";

    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener;
    private readonly Task _serving;

    public SpeakingServer(Socket listener)
    {
        _listener = listener;
        _serving = ServeAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndPoint!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true) conversations.Add(TalkAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task TalkAsync(Socket connection)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Greeting + "\r\n"), _stop.Token);
            while (await reader.ReadLineAsync(_stop.Token) is { } line) await stream.WriteAsync(Encoding.ASCII.GetBytes($"250 {line}\r\n"), _stop.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The test is over, or ended its connection without a farewell.
        }
    }
}
