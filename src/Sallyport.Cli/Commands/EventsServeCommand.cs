using System.CommandLine;
using System.Net;
using Sallyport.Events.Hosting;
using Sallyport.Options;
using Sallyport.Wire;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport events serve</c>: the events room as a server at a destination inside.</summary>
internal static class EventsServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Keep streams of events in memory and serve them.");
        // The protocol's own port (Durable Streams section 13.1); loopback until someone decides otherwise.
        var listen = EngineOptions.ListenOn(new ListenAddress(InternetAddress.FromV4(0x7f00_0001), 4437));
        var origin = new Option<string>("--allow-origin") { Description = "Whose web pages may read and publish: an origin, * or off.", HelpName = "ORIGIN", DefaultValueFactory = _ => "*" };
        command.Options.Add(listen);
        command.Options.Add(origin);
        command.SetAction((line, cancellation) => ServeAsync(line.GetRequiredValue(listen), line.GetValue(origin) is { } named and not "off" ? named : null, cancellation));
        return command;
    }

    private static async Task<int> ServeAsync(ListenAddress listen, string? origin, CancellationToken cancellation)
    {
        var address = new IPEndPoint(listen.Address.ToIPAddress(), listen.Port);
        var endpoint = EventRoom.InMemory(origin);
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
            using var termination = new Termination();
            ServingProcess.Announce($"sallyport events ready on {server.Address}");
            await termination.Asked;
        }
        return ExitCode.Good;
    }
}
