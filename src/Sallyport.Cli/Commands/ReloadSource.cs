using Sallyport.Options;

namespace Sallyport.Cli.Commands;

/// <summary>What HUP reads anew, and how it becomes settings.</summary>
/// <param name="File">The configuration file, as the command line named it.</param>
/// <param name="Read">Reads the file, with the command line on top.</param>
/// <param name="SettingsOf">What the engine is told of the options.</param>
internal sealed record ReloadSource(string File, Func<ConfigurationResult> Read, Func<RelayOptions, RelaySettings> SettingsOf);
