using Sallyport.Options;
using Sallyport.Reporting;

namespace Sallyport.Cli.Commands;

/// <summary>What every serving command does alike: one ready line on stdout, then serve until TERM or INT, drain, and end; a second signal ends at once.</summary>
internal static class ServingProcess
{
    /// <summary>The log's file, appended to, or the error stream.</summary>
    private static Stream? OpenLog(string? file)
    {
        if (file is null) return Console.OpenStandardError();
        try
        {
            return new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sallyport: cannot write the log to {file}: {refused.Message}");
            return null;
        }
    }

    /// <summary>The one line on stdout, flushed: whoever started us waits for it.</summary>
    public static void Announce(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }

    /// <summary>Runs a relay or an agent from start to drained.</summary>
    public static async Task<int> RunRelayAsync(RelaySettings settings, RelayOptions options, Func<Relay, string> readyLine)
    {
        if (OpenLog(options.LogFile) is not { } target) return ExitCode.Failed;
        using var ring = new LogRing(target);
        var log = new AccessLog(ring, options.LogFormat);
        Relay relay;
        try
        {
            relay = Relay.Start(settings, log);
        }
        catch (Listening.ListenException refused)
        {
            await Console.Error.WriteLineAsync($"sallyport: {refused.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        using (relay)
        {
            if (!settings.IsAgent && settings.Allow.Count == 0) log.Say("warning: there is no rule, so every request is refused; --allow HOST:PORT or [[allow]] in a configuration opens a way");
            using var termination = new Termination();
            Announce(readyLine(relay));
            await termination.Asked.ConfigureAwait(false);
            var clean = await relay.DrainAsync(options.Timeouts.Grace, termination.Again).ConfigureAwait(false);
            if (!clean) log.Say("drained: what was still under way after the grace period was ended");
            return ExitCode.Good;
        }
    }
}
