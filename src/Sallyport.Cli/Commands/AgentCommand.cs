using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Sallyport.Admitting;
using Sallyport.Listening;
using Sallyport.Options;
using Sallyport.Routing;
using Sallyport.Wire;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport agent</c>: the client's side, which turns every application's request into one for the shared port.</summary>
internal static class AgentCommand
{
    private static readonly ListenAddress s_defaultHttp = new(InternetAddress.FromV4(0x7f00_0001), 3128);

    public static Command Create()
    {
        var relay = new Option<RelayAddress?>("--relay") { Description = "The relay's shared port.", HelpName = "URL", Required = true, CustomParser = EngineOptions.ReadRelay };
        var http = new Option<ListenAddress[]>("--http") { Description = "Serve applications as an HTTP proxy here (127.0.0.1:3128 if nothing else is asked).", HelpName = "ADDR:PORT", CustomParser = EngineOptions.ReadAll<ListenAddress>(ListenAddress.TryParse) };
        var forward = new Option<PortForward[]>("--forward") { Description = "Tunnel every connection to this port to one destination; may repeat.", HelpName = "[ADDR:]PORT:HOST:PORT", CustomParser = EngineOptions.ReadAll<PortForward>(PortForward.TryParse) };
        var wire = new Option<string>("--wire") { Description = "Form of the requests to the relay: today's RFC 9112, or the patent's figure 6.", DefaultValueFactory = _ => "rfc" };
        wire.AcceptOnlyFromAmong("rfc", "patent");
        var via = EngineOptions.Via();
        var engine = new EngineOptions();
        var command = new Command("agent", "Stand beside applications outside: a local proxy and forwarded ports, all through the relay's one port.") { relay, http, forward, wire, via };
        engine.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var forwards = parsed.GetValue(forward) ?? [];
            var proxies = parsed.GetValue(http) is { Length: > 0 } given ? given : forwards.Length > 0 ? [] : [s_defaultHttp];
            var options = engine.Apply(parsed, new RelayOptions());
            var name = parsed.GetValue(via) ?? options.Name;
            var settings = engine.Apply(parsed, new RelaySettings
            {
                Listeners =
                [
                    .. proxies.Select(address => (address, (ListenerRole)new ListenerRole.LocalProxy())),
                    .. forwards.Select(one => (one.Listen, (ListenerRole)new ListenerRole.Forward(one.Destination))),
                ],
                Name = name == "off" ? null : name,
                NextHop = NextHop.ViaRelay(parsed.GetValue(relay)!),
                IsAgent = true,
                WireForm = parsed.GetValue(wire) == "patent" ? WireForm.Patent : WireForm.Rfc,
            });
            return ServingProcess.RunRelayAsync(settings, options, ReadyLine);
        });
        return command;
    }

    private static string ReadyLine(Relay agent) => $"sallyport agent ready on {string.Join(", ", agent.Bound.Select(bound => bound.Role switch
    {
        ListenerRole.Forward forward => $"forward {bound.Address} to {forward.Destination}",
        _ => $"http {bound.Address}",
    }))}";
}

/// <summary>One <c>--forward</c>: where to listen, and where every connection goes.</summary>
internal sealed record PortForward(ListenAddress Listen, Destination Destination)
{
    /// <summary>Reads <c>PORT:HOST:PORT</c> (on loopback) or <c>ADDR:PORT:HOST:PORT</c>; IPv6 in brackets.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PortForward? forward, [NotNullWhen(false)] out string? error)
    {
        forward = null;
        error = $"`{text}` is no forwarded port: [ADDR:]PORT:HOST:PORT is allowed, such as 5432:db.internal:5432";
        var parts = Split(text);
        if (parts.Count is not (3 or 4)) return false;
        var local = parts.Count == 4 ? $"{parts[0]}:{parts[1]}" : $"127.0.0.1:{parts[0]}";
        if (!ListenAddress.TryParse(local, out var listen, out error)) return false;
        error = $"`{text}` has no good destination: HOST:PORT with a name or an address and a port from 1 to 65535 is allowed";
        var bytes = System.Text.Encoding.UTF8.GetBytes($"{parts[^2]}:{parts[^1]}");
        if (!Authority.TryRead(bytes, 0, out var authority) || authority.Port == 0) return false;
        forward = new PortForward(listen, new Destination(parts[^2], (ushort)authority.Port));
        error = null;
        return true;
    }

    /// <summary>At the colons outside brackets.</summary>
    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        int start = 0, depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '[') depth++;
            else if (text[i] == ']') depth--;
            else if (text[i] == ':' && depth == 0)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }
        parts.Add(text[start..]);
        return parts;
    }
}
