using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sallyport.Events;
using Sallyport.Events.Hosting;

namespace Sallyport.Serving;

/// <summary>A destination ready to be reached: the files of a directory over HTTP/1.1, plain or with TLS (the patent's parts 301 and 302).</summary>
/// <remarks>Kestrel and its static files do the protocol; this room decides what may be seen.</remarks>
public sealed class ResourceServer : IAsyncDisposable
{
    /// <summary>Answers under way may end within this time when the server stops; then their connections are closed.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private static readonly string[] s_compressedTypes = [.. ResponseCompressionDefaults.MimeTypes, "image/svg+xml"];

    private readonly WebApplication _application;
    private readonly EventEndpoint? _events;

    private ResourceServer(WebApplication application, EventEndpoint? events, IPEndPoint listening)
    {
        _application = application;
        _events = events;
        Listening = listening;
    }

    /// <summary>Where the server listens, with the port that the system chose if none was given.</summary>
    public IPEndPoint Listening { get; }

    /// <summary>Starts to listen and to serve.</summary>
    /// <param name="options">What and where.</param>
    /// <param name="accessLog">Takes one escaped line, without its end, for each request that was answered; called from any thread.</param>
    /// <exception cref="IOException">The directory is not there, or the address cannot be listened on; the message says which.</exception>
    public static async Task<ResourceServer> StartAsync(ResourceOptions options, Action<string> accessLog)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(accessLog);
        if (!Directory.Exists(options.Directory)) throw new DirectoryNotFoundException($"{options.Directory} is not a directory.");
        var application = Build(options);
        Assemble(application, options, accessLog);
        try
        {
            await application.StartAsync();
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await application.DisposeAsync();
            throw new IOException($"Cannot listen on {options.Listen}: {Reason(failure)}.", failure);
        }
        var address = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return new ResourceServer(application, options.Events, new IPEndPoint(options.Listen.Address, new Uri(address).Port));
    }

    /// <summary>Stops to listen, gives the answers under way a second, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        // Parked readers are answered now, not at the end of their wait.
        _events?.Drain();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static WebApplication Build(ResourceOptions options)
    {
        // The empty builder reads no settings, environment or logging of its own: what this server does is all in the options.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Listen, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (options.Certificates is { Count: > 0 } certificates) listen.UseHttps(With(certificates));
            });
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_grace);
        builder.Services.AddResponseCompression(compression =>
        {
            // The files hold no secret beside what a client may have put in, which is what compression under TLS could betray.
            compression.EnableForHttps = true;
            compression.Providers.Add<GzipCompressionProvider>();
            compression.MimeTypes = s_compressedTypes;
        });
        return builder.Build();
    }

    /// <summary>The way of a request, in order. What serves something else than files belongs between the log and the guard.</summary>
    private static void Assemble(WebApplication application, ResourceOptions options, Action<string> accessLog)
    {
        var files = new ContainedFiles(options.Directory);
        application.Use((context, next) => LogAsync(context, next, accessLog));
        if (options.Events is { } events) application.MapEvents(events);
        application.Use((context, next) => ResourceGuard.InvokeAsync(context, next));
        application.Use((context, next) => CompressedValidators.InvokeAsync(context, next));
        application.UseResponseCompression();
        application.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files, DefaultFileNames = ["index.html"] });
        if (options.List) application.UseDirectoryBrowser(new DirectoryBrowserOptions { FileProvider = files, Formatter = new DirectoryListing() });
        application.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            ServeUnknownFileTypes = true,
            DefaultContentType = "application/octet-stream",
            OnPrepareResponse = file => CompressedValidators.Vary(file.Context.Response, s_compressedTypes),
        });
    }

    private static async Task LogAsync(HttpContext context, RequestDelegate next, Action<string> accessLog)
    {
        try
        {
            await next(context);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException && !context.Response.HasStarted)
        {
            // The file went away, or is not readable for this process, between the look and the opening.
            context.Response.Clear();
            context.Response.StatusCode = failure is UnauthorizedAccessException ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound;
        }
        finally
        {
            accessLog(AccessLine.For(context, DateTimeOffset.UtcNow));
        }
    }

    private static HttpsConnectionAdapterOptions With(X509Certificate2Collection certificates) => new()
    {
        ServerCertificate = certificates[0],
        ServerCertificateChain = certificates,
    };

    private static string Reason(Exception failure) => failure switch
    {
        { InnerException: AddressInUseException } or AddressInUseException => "the address is already in use",
        { InnerException: SocketException inner } => inner.Message,
        _ => failure.Message,
    };
}
