namespace Sallyport.Cli.Demo;

/// <summary>What <c>--keep</c> invites to try, as commands that work as they stand in another terminal.</summary>
internal static class Invitation
{
    /// <summary>Writes the commands and, as the last line, the ready line that every serving command has.</summary>
    public static async Task WriteAsync(Stage stage, TextWriter output)
    {
        var (program, leading) = ThisProgram.Command;
        var self = string.Join(' ', [program, .. leading]);
        var outside = stage.Ground.Entrance(Place.Outside);
        var proxy = $"http://{stage.Agent}";
        var web = Stage.Url("http", DemoFiles.WebHost, stage.Web.Port, "/index.html");
        var vault = Stage.Url("https", DemoFiles.VaultHost, stage.Vault.Port, "/");
        var stream = Stage.Url("http", DemoFiles.EventsHost, stage.Events.Port, "/v1/stream/door");
        await output.WriteLineAsync($"""

            Everything stays up until Ctrl-C. In another terminal:

            # the web server inside, by the agent, and without it
            {outside}curl -x {proxy} {web}
            {outside}curl -x http://{stage.SharedPort} {web}

            # the TLS server inside, with its own certificate
            {outside}curl -x {proxy} --cacert {stage.Files.Authority} {vault}

            # wait outside for the next event; meanwhile publish one inside
            {outside}{self} events get {stream} --after now --relay http://{stage.SharedPort}
            {stage.Ground.Entrance(Place.Inside)}{self} events publish http://{stage.Events}/v1/stream/door '"open"'
            """);
        if (stage.Ground.Topology is not null)
        {
            await output.WriteLineAsync($"""

                # all 65535 ports of the relay's device, from outside; and the rules
                {outside}{self} firewall prove --target {stage.SharedPort.Address} --expect {stage.SharedPort.Port}
                {stage.Ground.Entrance(Place.Wall)}nft list ruleset
                """);
        }
        await output.WriteLineAsync($"""

            # the relay's configuration: {stage.Files.Configuration}

            sallyport demo ready on {stage.SharedPort}
            """);
        await output.FlushAsync();
    }
}
