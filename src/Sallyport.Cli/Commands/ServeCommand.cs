using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Sallyport.Serving;
using Sallyport.Wire;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport serve DIR</c>: a ready destination, so that a relay can be tried against something real.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "The directory whose files are served." };
        var listen = new Option<string>("--listen")
        {
            Description = "Where to listen; port 0 picks one.",
            HelpName = "ADDR:PORT",
            // Loopback: files go to a network only when somebody says so.
            DefaultValueFactory = _ => "127.0.0.1:8000",
        };
        var tls = new Option<string[]>("--tls")
        {
            Description = "Serve with TLS: PEM files of the certificate (with its chain) and of the key.",
            HelpName = "CERT KEY",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        var list = new Option<bool>("--list") { Description = "List directories that have no index.html." };
        var command = new Command("serve", "Serve the files of a directory: a ready destination.") { directory, listen, tls, list };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(directory), parsed.GetRequiredValue(listen), parsed.GetValue(tls), parsed.GetValue(list), stop));
        return command;
    }

    private static async Task<int> RunAsync(string directory, string listen, string[]? tls, bool list, CancellationToken stop)
    {
        if (ReadListen(listen) is not { } address)
        {
            await Console.Error.WriteLineAsync($"sallyport serve: --listen '{listen}': ADDR:PORT was expected, such as 127.0.0.1:8000 or [::1]:8000, with a port of 0-65535.");
            return ExitCode.Usage;
        }
        // The command line's own signal handler knows of this task only once it has returned; a signal before that would end in its code.
        await Task.Yield();
        try
        {
            var options = new ResourceOptions
            {
                Directory = directory,
                Listen = address,
                Certificates = tls is [var certificate, var key] ? CertificateFiles.Load(certificate, key) : null,
                List = list,
            };
            await using var server = await ResourceServer.StartAsync(options, Console.Error.WriteLine);
            // Listened for before the ready line is out: whoever reads that line may end the server at once.
            var termination = TerminationAsync(stop);
            await Console.Out.WriteLineAsync($"sallyport serve ready on {server.Listening}");
            await Console.Out.FlushAsync(CancellationToken.None);
            await termination;
            return ExitCode.Good;
        }
        catch (IOException failure)
        {
            await Console.Error.WriteLineAsync($"sallyport serve: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private static async Task TerminationAsync(CancellationToken stop)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            asked.TrySetResult();
        }
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var canceled = stop.Register(() => asked.TrySetResult());
        await asked.Task;
    }

    /// <summary>The framework's own parser takes addresses of any spelling, so the address and the digits are read strictly here.</summary>
    private static IPEndPoint? ReadListen(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.Length - colon - 1 is < 1 or > 5) return null;
        var port = 0;
        foreach (var c in text.AsSpan(colon + 1))
        {
            if (!char.IsAsciiDigit(c)) return null;
            port = port * 10 + (c - '0');
        }
        var host = text[..colon];
        var bracketed = host is ['[', .., ']'];
        if (port > 65535 || !InternetAddress.TryParse(bracketed ? host[1..^1] : host, out var address) || address.IsV4 == bracketed) return null;
        return new IPEndPoint(address.ToIPAddress(), port);
    }
}
