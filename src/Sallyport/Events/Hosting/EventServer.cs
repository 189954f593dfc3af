using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sallyport.Events.Hosting;

/// <summary>The events room as a server of its own: what <c>sallyport events serve</c> runs at a destination inside.</summary>
public sealed class EventServer : IAsyncDisposable
{
    // Answers that are under way get this long once the room has ended all waits.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly EventEndpoint _endpoint;

    private EventServer(WebApplication app, EventEndpoint endpoint, IPEndPoint address)
    {
        _app = app;
        _endpoint = endpoint;
        Address = address;
    }

    /// <summary>Where it listens, with the port that was picked if 0 was asked for.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Listens and serves.</summary>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<EventServer> StartAsync(IPEndPoint listen, EventEndpoint endpoint, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(listen);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // No provider: the framework's own notes are no part of what this program says.
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Grace);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Configure(options, listen));
        var app = builder.Build();
        app.MapEvents(endpoint);
        app.Run(context => NotFoundAsync(context));
        try
        {
            await app.StartAsync(cancellation);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new EventServer(app, endpoint, new IPEndPoint(listen.Address, new Uri(bound).Port));
    }

    private static void Configure(KestrelServerOptions options, IPEndPoint listen)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestHeadersTotalSize = 64 << 10;
        options.Limits.MaxRequestLineSize = 16 << 10;
        options.Limits.MaxConcurrentConnections = 20_000;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        options.Listen(listen, endpoint => endpoint.Protocols = HttpProtocols.Http1);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("Nothing is here; streams are under /v1/stream/.\n");
    }

    /// <summary>Ends all waits with "no event", lets answers that are under way end, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _endpoint.Drain();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
