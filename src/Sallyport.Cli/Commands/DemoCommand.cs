using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Sallyport.Cli.Demo;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport demo</c>: the whole system at work, on this machine, without a configuration.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Leave everything up, print what to try, and take it down on Ctrl-C." };
        var loopback = new Option<bool>("--loopback") { Description = "Without network namespaces and without the wall, as where they are not to be had." };
        var output = new Option<string>("--output", "-o") { Description = "text, or json: one object for each scene, and one that sums up.", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "json");
        var command = new Command("demo", "See the whole system at work, on this machine, in about ten seconds.") { keep, loopback, output };
        command.Validators.Add(result =>
        {
            if (result.GetValue(keep) && result.GetValue(output) == "json") result.AddError("--keep and -o json exclude each other: what --keep prints is for people.");
        });
        // Synchronous on purpose: the command line's own handling of Ctrl-C gives asynchronous actions two seconds, and taking down may need more.
        command.SetAction(line => RunAsync(line.GetValue(keep), line.GetValue(loopback), line.GetValue(output) == "json").GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> RunAsync(bool keeps, bool wantsLoopback, bool asJson)
    {
        using var ending = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        GroundChoice choice;
        try
        {
            choice = await GroundChoice.MakeAsync(wantsLoopback, ending.Token);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
        if (choice.Ground is null) return await AgainInOwnNamespacesAsync(keeps, asJson);
        var withColor = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        INarrator narrator = asJson ? new JsonNarrator(Console.Out) : new TextNarrator(Console.Out, withColor);
        return await new DemoRun(narrator, keeps).PlayAsync(choice, ending.Token);

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ending.Cancel();
        }
    }

    /// <summary>The same command once more, as root of namespaces that only it and its children see; its streams are ours.</summary>
    private static async Task<int> AgainInOwnNamespacesAsync(bool keeps, bool asJson)
    {
        var (program, leading) = ThisProgram.Command;
        string[] options = [.. keeps ? (string[])["--keep"] : [], .. asJson ? (string[])["-o", "json"] : []];
        var command = NamespaceTopology.UnprivilegedCommand(program, [.. leading, "demo", .. options]);
        using var again = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
        // A terminal's Ctrl-C reaches both; ours only waits until the other has taken everything down.
        await again.WaitForExitAsync();
        return again.ExitCode;
    }
}
