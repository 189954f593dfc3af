using System.Net;
using Sallyport.Cli.Demo;
using Sallyport.EndToEnd.Firewall;
using Sallyport.Testing.Programs;
using Xunit;

namespace Sallyport.EndToEnd.Whole;

/// <summary>A real PostgreSQL inside, with a cluster of its own that everybody from inside may enter.</summary>
internal sealed class InsidePostgres : IAsyncDisposable
{
    private const string Owner = "postgres";

    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-test-").FullName;
    private readonly GuardedSite _site;
    private readonly string _programs;

    private InsidePostgres(GuardedSite site, string programs) => (_site, _programs) = (site, programs);

    /// <summary>Where it listens: its well-known port, which nobody else in this namespace uses.</summary>
    public static IPEndPoint Endpoint { get; } = IPEndPoint.Parse($"{NamespaceTopology.SecondServerAddress}:5432");

    /// <summary>Starts it; skips the test where it is not installed.</summary>
    public static async Task<InsidePostgres> StartAsync(GuardedSite site)
    {
        Assert.SkipWhen(ForeignProgram.ReasonToSkip("psql", "runuser") is not null, "psql or runuser is missing: apt-get install postgresql-client util-linux");
        var programs = Versions().FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
        Assert.SkipWhen(programs is null, "initdb is missing: apt-get install postgresql");
        Assert.SkipUnless((await ForeignProgram.RunAsync("id", Owner)).ExitCode == 0, $"there is no user {Owner}, and the server refuses to run as root");
        var server = new InsidePostgres(site, programs!);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // In order, so that nothing of its shared memory stays; one that never came up has nothing to stop.
        await RunAsync("pg_ctl", "-D", _folder, "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<string> Versions() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
        : [];

    private async Task StartAsync()
    {
        (await ForeignProgram.RunAsync("chown", Owner, _folder)).MustSucceed();
        await StepAsync("initdb", "-D", _folder, "--auth", "trust", "--no-sync", "--username", Owner);
        await File.AppendAllTextAsync(Path.Combine(_folder, "pg_hba.conf"), $"host all all {NamespaceTopology.WallInsideAddress}/24 trust\n");
        var options = $"-h {Endpoint.Address} -p {Endpoint.Port} -k {_folder} -F";
        await StepAsync("pg_ctl", "-D", _folder, "-l", Path.Combine(_folder, "log"), "-o", options, "-w", "start");
    }

    private async Task StepAsync(string program, params string[] arguments)
    {
        var result = await RunAsync(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program}: {result.Output}{result.Errors}");
    }

    private Task<Cli.Demo.ProgramResult> RunAsync(string program, params string[] arguments) =>
        NamespaceRig.RunAsync(_site.Inside, "runuser", ["-u", Owner, "--", Path.Combine(_programs, program), .. arguments]);
}
