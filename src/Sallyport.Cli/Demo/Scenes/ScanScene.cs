using System.Globalization;

namespace Sallyport.Cli.Demo.Scenes;

/// <summary>Claim 10's other half: everything but the one port is closed, tried from outside.</summary>
internal sealed class ScanScene : IScene
{
    // Covers every port that listens inside, and takes under three seconds; all 65535 take about 25 s each.
    private const int LastPort = 8191;

    public string Title => "A scan from outside finds exactly one open port";

    public bool NeedsWall => true;

    public async Task PlayAsync(Stage stage, SceneRecord record, CancellationToken cancellation)
    {
        var targets = ((System.Net.IPAddress[])[stage.SharedPort.Address, stage.Web.Address, stage.Vault.Address]).ToList();
        var found = await Task.WhenAll(targets.Select(target => Exposure.OfAsync(stage, target, 1, LastPort, cancellation)));
        var probed = found.Sum(exposure => exposure.Probed);
        var open = targets.Zip(found).SelectMany(pair => pair.Second.Open.Select(port => $"{pair.First}:{port}")).ToList();
        record.Claim(
            open is [var only] && only == $"{stage.SharedPort}" && probed == targets.Count * LastPort,
            string.Create(CultureInfo.InvariantCulture, $"1-{LastPort} of {targets.Count} addresses, {probed:N0} ports in all: open is {string.Join(", ", open)}."),
            $"{stage.SharedPort} alone",
            open.Count == 0 ? "none" : string.Join(", ", open));
        record.Show($"(The servers inside listen at {stage.Web.Port}, {stage.Vault.Port} and {stage.Events.Port}. All 65535 ports: see --keep.)");
        var verify = await stage.RunAsync(Place.Wall, ["firewall", "verify", "--config", stage.Files.Configuration], "", cancellation);
        record.Claim(verify.ExitCode == 0, "Every application came through, and the rules are still the plan.", "identical", verify.Text);
    }
}
