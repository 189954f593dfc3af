using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Sallyport.Events;
using Sallyport.Events.Hosting;
using Sallyport.Events.Stores;
using Sallyport.Wire;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport events serve</c>: the events room as a server at a destination inside.</summary>
internal static class EventsServeCommand
{
    // The protocol's own port (Durable Streams section 13.1); loopback until someone decides otherwise.
    private const string DefaultListen = "127.0.0.1:4437";

    public static Command Create()
    {
        var command = new Command("serve", "Keep streams of events in memory and serve them.");
        var listen = new Option<string>("--listen") { Description = "Where to listen; port 0 picks one.", HelpName = "ADDR:PORT", DefaultValueFactory = _ => DefaultListen };
        var origin = new Option<string>("--allow-origin") { Description = "Whose web pages may read and publish: an origin, * or off.", HelpName = "ORIGIN", DefaultValueFactory = _ => "*" };
        command.Options.Add(listen);
        command.Options.Add(origin);
        command.SetAction((line, cancellation) => TryParse(line.GetValue(listen)!, out var address)
            ? ServeAsync(address, line.GetValue(origin) is { } named and not "off" ? named : null, cancellation)
            : Task.FromResult(EventsWay.Fail($"--listen is '{line.GetValue(listen)}'; ADDRESS:PORT such as 127.0.0.1:4437 or [::1]:0 is allowed.", ExitCode.Usage)));
        return command;
    }

    private static async Task<int> ServeAsync(IPEndPoint address, string? origin, CancellationToken cancellation)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext signal)
        {
            // A second signal ends the process at once, as the first one does not cancel it.
            signal.Cancel = stop.TrySetResult();
        }
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var cancelled = cancellation.UnsafeRegister(_ => stop.TrySetResult(), null);
        var limits = new EventLimits();
        var endpoint = new EventEndpoint(new MemoryEventStore(limits, TimeProvider.System), limits, TimeProvider.System, origin);
        EventServer server;
        try
        {
            server = await EventServer.StartAsync(address, endpoint, cancellation);
        }
        catch (IOException error)
        {
            return EventsWay.Fail($"cannot listen on {address}: {(error.InnerException ?? error).Message}", ExitCode.Failed);
        }
        await using (server)
        {
            Console.Out.WriteLine($"sallyport events ready on {server.Address}");
            Console.Out.Flush();
            await stop.Task;
        }
        return ExitCode.Good;
    }

    private static bool TryParse(string text, out IPEndPoint address)
    {
        address = new IPEndPoint(0, 0);
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !InternetAddress.TryParse(text[..colon].Trim('[', ']'), out var ip)) return false;
        if (!ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port)) return false;
        address = new IPEndPoint(ip.ToIPAddress(), port);
        return true;
    }
}
