using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Sallyport.Cli.Demo;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport demo</c>: the whole system at work, on this machine, without a configuration.</summary>
internal static class DemoCommand
{
    private const string AgainOption = "--in-own-namespaces";

    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Leave everything up, print what to try, and take it down on Ctrl-C." };
        var loopback = new Option<bool>("--loopback") { Description = "Without network namespaces and without the wall, as where they are not to be had." };
        var output = new Option<string>("--output", "-o") { Description = "text, or json: one object for each scene, and one that sums up.", DefaultValueFactory = _ => "text" };
        var again = new Option<bool>(AgainOption) { Hidden = true };
        output.AcceptOnlyFromAmong("text", "json");
        var command = new Command("demo", "See the whole system at work, on this machine, in about ten seconds.") { keep, loopback, output, again };
        command.Validators.Add(result =>
        {
            if (result.GetValue(keep) && result.GetValue(output) == "json") result.AddError("--keep and -o json exclude each other: what --keep prints is for people.");
        });
        // Synchronous on purpose: the command line's own handling of Ctrl-C gives asynchronous actions two seconds, and taking down may need more.
        command.SetAction(line => RunAsync(line.GetValue(keep), line.GetValue(loopback), line.GetValue(again), line.GetValue(output) == "json").GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> RunAsync(bool keeps, bool wantsLoopback, bool isPrivate, bool asJson)
    {
        using var ending = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        var withColor = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        INarrator narrator = asJson ? new JsonNarrator(Console.Out) : new TextNarrator(Console.Out, withColor);
        var run = new DemoRun(narrator, keeps);
        GroundChoice choice;
        try
        {
            choice = await GroundChoice.MakeAsync(wantsLoopback, isPrivate, ending.Token);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
        if (choice.Ground is null) return await AgainInOwnNamespacesAsync(keeps, asJson, ending.Token);
        return await run.PlayAsync(choice, ending.Token);

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ending.Cancel();
        }
    }

    /// <summary>The same command once more, as root of namespaces that only it and its children see; its streams are ours.</summary>
    private static async Task<int> AgainInOwnNamespacesAsync(bool keeps, bool asJson, CancellationToken ending)
    {
        var (program, leading) = ThisProgram.Command;
        string[] options = [.. keeps ? (string[])["--keep"] : [], .. asJson ? (string[])["-o", "json"] : []];
        var command = NamespaceTopology.UnprivilegedCommand(program, [.. leading, "demo", AgainOption, .. options]);
        using var again = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
        // A terminal's Ctrl-C reaches both, any other signal only this one; a second one does no harm there.
        await using var passing = ending.Register(() => Process.Start("sh", ["-c", $"kill -TERM {again.Id}"]).Dispose());
        await again.WaitForExitAsync(CancellationToken.None);
        return again.ExitCode;
    }
}
