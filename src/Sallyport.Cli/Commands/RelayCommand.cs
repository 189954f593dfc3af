using System.CommandLine;
using Sallyport.Listening;
using Sallyport.Options;
using Sallyport.Routing;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport relay</c>: the one port's server.</summary>
internal static class RelayCommand
{
    public static Command Create()
    {
        var config = new Option<string?>("--config") { Description = "A configuration file; what the command line says comes on top of it.", HelpName = "FILE" };
        var listen = EngineOptions.Listen();
        var allow = EngineOptions.Allow();
        var via = EngineOptions.Via();
        var nextHop = EngineOptions.NextHop();
        var engine = new EngineOptions();
        var command = new Command("relay", "Serve the shared port: forward requests and tunnel connections to the destinations that rules allow.") { config, listen, allow, via, nextHop };
        engine.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var options = new RelayOptions();
            if (parsed.GetValue(config) is { } file && (options = Configuration.ReadOrExplain(file)) is null) return ExitCode.BadConfiguration;
            if (parsed.GetValue(listen) is { Length: > 0 } addresses) options = options with { Listen = addresses };
            if (parsed.GetValue(allow) is { Length: > 0 } patterns) options = options with { Allow = [.. options.Allow, .. patterns.Select(AllowRule.FromCommandLine)] };
            if (parsed.GetValue(via) is { } name) options = options with { Name = name == "off" ? null : name };
            if (parsed.GetValue(nextHop) is { } relay) options = options with { NextHop = relay };
            options = engine.Apply(parsed, options);
            return await ServingProcess.RunRelayAsync(engine.Apply(parsed, SettingsOf(options)), options, ReadyLine);
        });
        return command;
    }

    private static string ReadyLine(Relay relay) => $"sallyport relay ready on {string.Join(", ", relay.Bound.Select(bound => bound.Address))}";

    private static RelaySettings SettingsOf(RelayOptions options) => new()
    {
        Listeners = [.. options.Listen.Select(address => (address, (ListenerRole)new ListenerRole.SharedPort()))],
        Name = options.Name,
        Destinations = options.Destinations,
        Allow = options.Allow,
        NextHop = options.NextHop is { } relay ? NextHop.ViaRelay(relay) : NextHop.Direct,
        Limits = options.Limits,
        Timeouts = options.Timeouts,
    };
}
