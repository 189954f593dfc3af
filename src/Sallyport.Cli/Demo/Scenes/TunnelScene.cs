namespace Sallyport.Cli.Demo.Scenes;

/// <summary>The patent's figures 8 and 9: a TLS session from end to end, through a tunnel that nobody on the way can look into.</summary>
internal sealed class TunnelScene : IScene
{
    public string Title => "A TLS session, tunneled: nobody on the way can read it";

    public bool NeedsWall => false;

    public async Task PlayAsync(Stage stage, SceneRecord record, CancellationToken cancellation)
    {
        var url = Stage.Url("https", DemoFiles.VaultHost, stage.Vault.Port, "/");
        var answer = await stage.FetchAsync(url, cancellation, "--authority", stage.Files.Authority);
        var text = answer.GetProperty("text").GetString()!;
        var file = await File.ReadAllTextAsync(Path.Combine(stage.Files.Vault, "index.html"), cancellation);
        record.Claim(text == file, $"{url} answered: \"{text.Trim()}\"", file, text);

        var issuer = answer.GetProperty("issuer").GetString();
        record.Claim(issuer == DemoAuthority.Name, $"The application checked its certificate, by \"{issuer}\".", DemoAuthority.Name, issuer ?? "no certificate");
        var fingerprint = answer.GetProperty("fingerprint").GetString();
        record.Claim(
            fingerprint == stage.Files.Fingerprint,
            "It is the destination's own certificate, whose key the relay does not have.",
            stage.Files.Fingerprint,
            fingerprint ?? "no certificate");

        var target = $"\"CONNECT {DemoFiles.VaultHost}:{stage.Vault.Port}\"";
        var line = await stage.Relay.LineAsync(stage.Relay.Errors, line => line.Contains(target, StringComparison.Ordinal), $"a line of log about {target}", cancellation);
        record.Claim(line.Contains(target + " 200", StringComparison.Ordinal), $"All that the relay knows is in its log: {RelayLog.WithoutTime(line)}", target + " 200", line);
    }
}
