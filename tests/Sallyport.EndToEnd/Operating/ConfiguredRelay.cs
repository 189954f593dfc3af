using Sallyport.Testing;
using Sallyport.Testing.Programs;
using Sallyport.Testing.Raw;

namespace Sallyport.EndToEnd.Operating;

/// <summary>A relay with a configuration file of its own that a test rewrites, and a port of its own that stays the same over every reload.</summary>
internal sealed class ConfiguredRelay : IAsyncDisposable
{
    private const string Listening = "127.0.0.1:0";

    private readonly TemporaryFolder _folder = new();

    private ConfiguredRelay()
    {
    }

    public ProductProcess Process { get; private set; } = null!;

    /// <summary>The file that HUP reads.</summary>
    public string File => _folder.PathOf("relay.toml");

    /// <summary>A path in the same folder.</summary>
    public string PathOf(string name) => _folder.PathOf(name);

    public static async Task<ConfiguredRelay> StartAsync(string configuration, params string[] options)
    {
        var relay = new ConfiguredRelay();
        try
        {
            relay.Write(configuration);
            relay.Process = await ProductProcess.StartAsync(["relay", "--config", relay.File, .. options]);
            return relay;
        }
        catch
        {
            await relay.DisposeAsync();
            throw;
        }
    }

    /// <summary>Replaces the file, with its own port and these further addresses to listen on.</summary>
    public void Write(string configuration, params string[] more) =>
        _folder.Write("relay.toml", $"listen = [{string.Join(", ", new[] { Listening }.Concat(more).Select(address => $"\"{address}\""))}]\n{configuration}");

    /// <summary>Replaces the file, sends HUP, and waits for the line that the reload ends with: <c>reloaded</c> or <c>reload refused</c>. Only for logs on the error stream.</summary>
    public async Task<string> ReloadAsync(string configuration, params string[] more)
    {
        var seen = Process.Error.Lines.Count(IsOutcome);
        Write(configuration, more);
        Process.Send(Signal.HangUp);
        await Deadline.Until(() => Process.Error.Lines.Count(IsOutcome) > seen, $"the end of a reload\n{Process.Error}");
        return Process.Error.Lines.Where(IsOutcome).ElementAt(seen);
    }

    /// <summary>Asks the destination for a page through an open connection; the head of the answer, whose counted body is taken too.</summary>
    public static async Task<string> AskAsync(RawConnection client, RawDestination destination)
    {
        await client.SendAsync($"GET http://{destination.Endpoint}/ HTTP/1.1\r\nHost: x\r\n\r\n");
        var head = await client.TakeHeadAsync();
        await client.TakeAsync(int.Parse(head.Split("Content-Length: ")[1].Split("\r\n")[0]));
        return head;
    }

    private static bool IsOutcome(string line) => line.Contains(" reloaded ", StringComparison.Ordinal) || line.Contains(" reload refused: ", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (Process is not null) await Process.DisposeAsync();
        _folder.Dispose();
    }
}
