using System.Diagnostics;
using System.Net;
using Sallyport.Cli.Demo;
using Sallyport.EndToEnd.Firewall;
using Sallyport.Testing;
using Sallyport.Testing.Programs;

namespace Sallyport.EndToEnd.Whole;

/// <summary>A real nginx inside: a destination that knows nothing of a relay. <c>/head</c> tells what it was asked.</summary>
internal sealed class InsideNginx : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    private InsideNginx()
    {
    }

    /// <summary>Why tests with nginx cannot run here; null when they can.</summary>
    public static string? ReasonToSkip => ForeignProgram.ReasonToSkip("nginx");

    /// <summary>Where it listens: a port of its own, which nobody else in this namespace uses.</summary>
    public static IPEndPoint Endpoint { get; } = IPEndPoint.Parse($"{NamespaceTopology.SecondServerAddress}:8000");

    public static async Task<InsideNginx> StartAsync(GuardedSite site)
    {
        var server = new InsideNginx();
        var configuration = server._folder.Write("nginx.conf", Configuration);
        var folder = server._folder.Root;
        server._process = NamespaceTopology.RunIn(site.Inside, ForeignProgram.Find("nginx")!, "-p", folder, "-e", "error.log", "-c", configuration);
        await Deadline.Until(
            async () => server._process.HasExited || await NamespaceRig.TryAsync(site.Inside, $"{Endpoint.Address}", Endpoint.Port) is null, "nginx to accept");
        if (!server._process.HasExited) return server;
        var log = await File.ReadAllTextAsync(Path.Combine(folder, "error.log"));
        await server.DisposeAsync();
        throw new InvalidOperationException($"nginx did not start:\n{log}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _folder.Dispose();
    }

    // One process and no workers: started as root it stays root, and can read the test's own folder.
    private static string Configuration => $$"""
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log error.log;
        events { worker_connections 64; }
        http {
            access_log off;
            client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
            server {
                listen {{Endpoint}};
                location = /head { default_type text/plain; return 200 "$request|$http_host|$http_via"; }
            }
        }
        """;
}
