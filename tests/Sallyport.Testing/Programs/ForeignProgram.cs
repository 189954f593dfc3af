using System.Diagnostics;
using System.Text;

namespace Sallyport.Testing.Programs;

/// <summary>Programs that are not ours (curl, openssl, nginx, nft): found, or a reason to skip; run, with a deadline.</summary>
public static class ForeignProgram
{
    /// <summary>Where administrators' programs lie although a user's PATH may not say so.</summary>
    private static readonly string[] FurtherFolders = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

    /// <summary>The program's full path, or null where it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Concat(FurtherFolders)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    /// <summary>Why a test that needs these programs cannot run here; null when it can. For <c>Assert.SkipWhen</c> and its like.</summary>
    public static string? ReasonToSkip(params string[] programs) =>
        programs.FirstOrDefault(program => Find(program) is null) is { } missing ? $"{missing} is not installed" : null;

    /// <summary>Runs a program to its end; stdin is empty.</summary>
    /// <exception cref="TimeoutException">It was still running after <see cref="Deadline.Usual"/>; it was killed.</exception>
    public static Task<ProgramResult> RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, input: "");

    /// <summary>Runs a program to its end with this on stdin, in this folder, by this deadline.</summary>
    /// <exception cref="FileNotFoundException">The program is not installed: ask <see cref="ReasonToSkip"/> first.</exception>
    /// <exception cref="TimeoutException">It was still running at the deadline; it was killed.</exception>
    public static Task<ProgramResult> RunAsync(
        string program, IEnumerable<string> arguments, string input, string? folder = null, TimeSpan? limit = null)
    {
        var path = Find(program) ?? throw new FileNotFoundException($"{program} is not installed", program);
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = folder ?? "" };
        return RunAsync(start, input, limit);
    }

    internal static async Task<ProgramResult> RunAsync(ProcessStartInfo start, string input, TimeSpan? limit)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardErrorEncoding = Encoding.UTF8;
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        try
        {
            var copying = process.StandardOutput.BaseStream.CopyToAsync(output);
            var reading = process.StandardError.ReadToEndAsync();
            var writing = WriteInputAsync(process, input);
            var ending = Task.WhenAll(copying, reading, writing, process.WaitForExitAsync());
            await ending.Within($"the end of {Path.GetFileName(start.FileName)} {string.Join(' ', start.ArgumentList)}", limit);
            return new ProgramResult(process.ExitCode, output.ToArray(), await reading);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task WriteInputAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended, or closed its stdin, before it read everything: its own affair, and its result tells.
        }
    }
}
