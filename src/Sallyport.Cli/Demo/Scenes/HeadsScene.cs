using System.Text;
using System.Text.Json;
using Sallyport.Cli.Demo.Applications;

namespace Sallyport.Cli.Demo.Scenes;

/// <summary>The patent's figures 6 and 7: the heads 501, 503 and 504, as they were on the wire.</summary>
internal sealed class HeadsScene : IScene
{
    private const string Path = "/index.html";

    public string Title => "One request on its way: its bytes as they were on the wire";

    public bool NeedsWall => false;

    public async Task PlayAsync(Stage stage, SceneRecord record, CancellationToken cancellation)
    {
        var host = stage.Web.Port == 80 ? DemoFiles.WebHost : $"{DemoFiles.WebHost}:{stage.Web.Port}";
        var said = $"GET {Path} HTTP/1.0\r\nHost: {host}\r\n\r\n";
        var answer = default(JsonElement);
        var heads = await RecordAsync(stage, async () => answer = await stage.ApplyAsync(["say", $"{stage.Agent}"], said, cancellation), cancellation);
        ShowHead(record, "501  the application writes, to the agent beside it:", heads[0]);
        ShowHead(record, "503  the agent sends, through the wall, to the one port:", heads[1]);
        ShowHead(record, "504  the relay sends, to the web server inside:", heads[2]);

        record.Claim(heads[0] == said, "501 names only the web server; the application knows of no relay.", said, heads[0]);
        var converted = $"GET http://{host}{Path} HTTP/1.0\r\nHost: {stage.SharedPort}\r\n\r\n";
        record.Claim(heads[1] == converted, "503 goes to the relay's address and port, and carries the web server's.", converted, heads[1]);
        record.Claim(heads[2] == heads[0], $"504 is 501 again, byte for byte ({heads[2].Length} bytes).", heads[0], heads[2]);
        var body = answer.GetProperty("body").GetString();
        var file = await File.ReadAllTextAsync(System.IO.Path.Combine(stage.Files.Web, "index.html"), cancellation);
        record.Claim(body == file, $"The answer came all the way back: {answer.GetProperty("statusLine").GetString()}", file, body ?? "nothing");
    }

    /// <summary>The three heads of what the work sends, from outside to inside.</summary>
    private static async Task<string[]> RecordAsync(Stage stage, Func<Task> work, CancellationToken cancellation)
    {
        if (stage.Taps is [var atAgent, var atRelay, var atWeb])
        {
            await work();
            return [await TextAsync(atAgent), await TextAsync(atRelay), await TextAsync(atWeb)];
        }
        Child[] recorders =
        [
            Recorder(stage, Place.Outside, stage.Agent.Port),
            Recorder(stage, Place.Wall, stage.SharedPort.Port),
            Recorder(stage, Place.Inside, stage.Web.Port),
        ];
        foreach (var one in recorders)
            await one.LineAsync(one.Output, line => line == DemoApplicationCommand.Recording, "to be recording", cancellation);
        await work();
        var heads = new List<string>();
        foreach (var one in recorders)
        {
            var line = await one.LineAsync(one.Output, line => line.StartsWith('{'), $"a head with {Path}", cancellation);
            using var document = JsonDocument.Parse(line);
            heads.Add(Encoding.Latin1.GetString(document.RootElement.GetProperty("head").GetBytesFromBase64()));
        }
        return [.. heads];

        async Task<string> TextAsync(PassThroughTap tap) => Encoding.Latin1.GetString(await tap.HeadAsync(Path, cancellation));
    }

    private static Child Recorder(Stage stage, Place place, int port) =>
        stage.Start(place, $"recorder at port {port}", DemoApplicationCommand.Name, "record", Stage.Text(port), Path);

    private static void ShowHead(SceneRecord record, string title, string head)
    {
        record.Show(title);
        foreach (var line in head.TrimEnd().Split("\r\n")) record.Show("       " + line);
    }
}
