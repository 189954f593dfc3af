using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Sallyport.Firewall;
using Sallyport.Wire;

namespace Sallyport.Cli.Commands;

internal static partial class FirewallCommand
{
    private static Command CreateProve()
    {
        var target = new Option<string>("--target") { Description = "The host to probe, as it is seen from outside. A name is probed at each of its addresses.", Required = true };
        var ports = new Option<(ushort First, ushort Last)?>("--ports")
        {
            Description = "Which ports to probe: FIRST-LAST or one. [default: 1-65535]",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var dash = text.IndexOf('-', StringComparison.Ordinal);
                var (first, last) = dash < 0
                    ? (Port(result, text), Port(result, text))
                    : (Port(result, text[..dash]), Port(result, text[(dash + 1)..]));
                if (first > last && last != 0) result.AddError($"--ports \"{text}\": the first port is above the last.");
                return (first, last);
            },
        };
        var expect = new Option<ushort[]>("--expect")
        {
            Description = "The port that must be open; every other must not. May repeat.",
            Required = true,
            CustomParser = result => [.. result.Tokens.Select(token => Port(result, token.Value))],
        };
        var timeout = new Option<TimeSpan?>("--timeout")
        {
            Description = "How long one port may stay silent, for example 1500ms or 2s. Under 1s a lost packet can hide an open port. [default: 1500ms]",
            CustomParser = result =>
            {
                if (TryDuration(result.Tokens[0].Value, out var duration)) return duration;
                result.AddError($"--timeout \"{result.Tokens[0].Value}\": a number with ms or s is needed, from 10ms to 60s.");
                return null;
            },
        };
        var concurrency = new Option<int>("--concurrency") { Description = "How many ports to try at once.", DefaultValueFactory = _ => 4096 };
        concurrency.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 16384) result.AddError("--concurrency: 1 to 16384 is allowed.");
        });
        var output = OutputOption();
        var command = new Command("prove", "Try every port of a host from here, and say whether exactly the expected one is open.")
        {
            target, ports, expect, timeout, concurrency, output,
        };
        command.SetAction((result, cancellation) => GuardAsync(async () =>
        {
            int[] expected = [.. (result.GetValue(expect) ?? []).Select(port => (int)port)];
            var range = result.GetValue(ports) ?? (First: (ushort)1, Last: ushort.MaxValue);
            foreach (var port in expected)
            {
                if (port >= range.First && port <= range.Last) continue;
                await Console.Error.WriteLineAsync($"sallyport firewall prove: --expect {port} is not among --ports {range.First}-{range.Last}, so it could not be proved.");
                return ExitCode.Usage;
            }
            var reports = new List<ExposureReport>();
            foreach (var address in await AddressesAsync(result.GetValue(target)!, cancellation))
            {
                var options = new ExposureProofOptions
                {
                    Target = address,
                    Ports = range,
                    Timeout = result.GetValue(timeout) ?? TimeSpan.FromMilliseconds(1500),
                    Concurrency = result.GetValue(concurrency),
                };
                reports.Add(await ProveAsync(options, cancellation));
            }
            await Console.Out.WriteAsync(result.GetValue(output) == "json" ? Json(reports, expected) : Text(reports, expected));
            return reports.All(report => report.Holds(expected)) ? ExitCode.Good : ExitCode.Failed;
        }));
        return command;
    }

    private static async Task<ExposureReport> ProveAsync(ExposureProofOptions options, CancellationToken cancellation)
    {
        var total = options.Ports.Last - options.Ports.First + 1;
        var longest = Math.Max(1, Math.Ceiling(ExposureProof.LongestRun(options).TotalSeconds));
        await Console.Error.WriteLineAsync($"probing {total} ports of {options.Target}; at most about {longest:0} s");
        if (IsOwn(options.Target))
            await Console.Error.WriteLineAsync($"note: {options.Target} is this machine; what goes to it never passes the firewall. Run this from outside.");
        if (Console.IsErrorRedirected) return await ExposureProof.RunAsync(options, null, cancellation);

        var step = Math.Max(1, total / 100);
        var report = await ExposureProof.RunAsync(
            options,
            done =>
            {
                if (done % step == 0) Console.Error.Write($"\r{done * 100L / total,3} %");
            },
            cancellation);
        await Console.Error.WriteAsync("\r     \r");
        return report;
    }

    private static async Task<IReadOnlyList<IPAddress>> AddressesAsync(string host, CancellationToken cancellation)
    {
        if (InternetAddress.TryParse(host.Trim('[', ']'), out var literal)) return [literal.ToIPAddress()];
        try
        {
            if (await Dns.GetHostAddressesAsync(host, cancellation) is { Length: > 0 } addresses) return [.. addresses.Distinct()];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new FirewallException($"--target \"{host}\" is no address and does not resolve: {e.Message}", e);
        }
        throw new FirewallException($"--target \"{host}\" has no address.");
    }

    private static bool IsOwn(IPAddress address) =>
        NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Any(own => InternetAddress.From(own.Address) == InternetAddress.From(address));

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        var isMilliseconds = text.EndsWith("ms", StringComparison.Ordinal);
        duration = default;
        if (!isMilliseconds && !text.EndsWith('s')) return false;
        if (!ushort.TryParse(text[..^(isMilliseconds ? 2 : 1)], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        duration = isMilliseconds ? TimeSpan.FromMilliseconds(number) : TimeSpan.FromSeconds(number);
        return duration >= TimeSpan.FromMilliseconds(10) && duration <= TimeSpan.FromSeconds(60);
    }

    private static string Text(List<ExposureReport> reports, int[] expected) =>
        string.Concat(reports.Select(report => (reports.Count > 1 ? $"{report.Target}: " : "") + report.ToText(expected) + "\n"));

    private static string Json(List<ExposureReport> reports, int[] expected) => JsonText(json =>
    {
        json.WriteBoolean("holds", reports.All(report => report.Holds(expected)));
        WriteAll(json, "expected", expected, json.WriteNumberValue);
        WriteAll(json, "targets", reports, report =>
        {
            json.WriteStartObject();
            json.WriteString("address", report.Target.ToString());
            json.WriteNumber("probed", report.Total);
            WriteAll(json, "open", report.Open, json.WriteNumberValue);
            WriteAll(json, "closed", report.Closed, json.WriteNumberValue);
            json.WriteNumber("silent", report.Silent);
            json.WriteNumber("unreachable", report.Unreachable);
            json.WriteEndObject();
        });
    });
}
