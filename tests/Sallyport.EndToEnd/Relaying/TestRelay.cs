using Sallyport.Testing;
using Sallyport.Testing.Programs;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>The relay as the tests start it: on a port of its own, named <c>r1</c>, with the one rule that opens loopback.</summary>
internal static class TestRelay
{
    /// <summary>Its name in Via and Proxy-Status.</summary>
    public const string Name = "r1";

    /// <summary><c>sallyport relay</c> with the usual rule and these further options.</summary>
    public static Task<ProductProcess> StartAsync(params string[] more) =>
        StartBareAsync(["--allow", "127.0.0.1:*", "--via", Name, .. more]);

    /// <summary><c>sallyport relay</c> with a port of its own and nothing but these options.</summary>
    public static Task<ProductProcess> StartBareAsync(params string[] options) =>
        ProductProcess.StartAsync(["relay", "--listen", "127.0.0.1:0", .. options]);

    /// <summary><c>sallyport relay --config</c> with this text, named <see cref="Name"/>, on a port of its own; the file is in the folder.</summary>
    public static Task<ProductProcess> StartConfiguredAsync(TemporaryFolder folder, string configuration) =>
        ProductProcess.StartAsync("relay", "--config", folder.Write("sallyport.toml", $"listen = [\"127.0.0.1:0\"]\nname = \"{Name}\"\n{configuration}"));
}
