using System.CommandLine;
using Sallyport.Listening;
using Sallyport.Options;
using Sallyport.Routing;
using Sallyport.Wire;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport relay</c>: the one port's server.</summary>
internal static class RelayCommand
{
    private static readonly ListenAddress s_defaultListen = new(InternetAddress.FromV4(0), 8080);

    public static Command Create()
    {
        var listen = EngineOptions.Listen();
        var allow = EngineOptions.Allow();
        var via = EngineOptions.Via();
        var nextHop = EngineOptions.NextHop();
        var engine = new EngineOptions();
        var command = new Command("relay", "Serve the shared port: forward requests and tunnel connections to the destinations that rules allow.") { listen, allow, via, nextHop };
        engine.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var addresses = parsed.GetValue(listen) is { Length: > 0 } given ? given : [s_defaultListen];
            var name = parsed.GetValue(via) ?? EngineOptions.RandomName();
            var settings = engine.Apply(parsed, new RelaySettings
            {
                Listeners = [.. addresses.Select(address => (address, (ListenerRole)new ListenerRole.SharedPort()))],
                Name = name == "off" ? null : name,
                Allow = [.. (parsed.GetValue(allow) ?? []).Select(AllowRule.FromCommandLine)],
                NextHop = parsed.GetValue(nextHop) is { } relay ? NextHop.ViaRelay(relay) : NextHop.Direct,
            });
            return ServingProcess.RunRelayAsync(settings, engine.Format(parsed), relay => $"sallyport relay ready on {string.Join(", ", relay.Bound.Select(bound => bound.Address))}");
        });
        return command;
    }
}
