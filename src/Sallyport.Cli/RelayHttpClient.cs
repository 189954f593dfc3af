using Sallyport.Client;
using Sallyport.Wire;

namespace Sallyport.Cli;

/// <summary>The one place where a command's way to a relay is made.</summary>
internal static class RelayHttpClient
{
    /// <summary>A handler that sends everything through the relay, or directly if there is none.</summary>
    public static HttpMessageHandler Create(Uri? relay, WireForm form) => relay is not null
        ? new RelayHandler(relay, form)
        : new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15) };
}
