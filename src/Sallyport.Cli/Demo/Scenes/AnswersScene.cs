using System.Globalization;

namespace Sallyport.Cli.Demo.Scenes;

/// <summary>The patent's parts 214 to 219: chunked, counted and compressed answers.</summary>
internal sealed class AnswersScene : IScene
{
    public string Title => "Answers of every form arrive intact (compared by SHA-256)";

    public bool NeedsWall => false;

    public async Task PlayAsync(Stage stage, SceneRecord record, CancellationToken cancellation)
    {
        var report = DemoFiles.Digest(stage.Files.Report);
        await FetchAsync("compressed", DemoFiles.WebHost, "/report.txt", report, ("gzip", null), "--gzip");
        await FetchAsync("chunked", DemoFiles.DecodedHost, "/report.txt", report, ("", "chunked"), "--gzip");
        await FetchAsync("counted", DemoFiles.WebHost, "/photo.jpg", DemoFiles.Digest(stage.Files.Photo), ("", "counted"));

        async Task FetchAsync(string form, string host, string path, string digest, (string Encoding, string? Framing) expected, params string[] options)
        {
            var answer = await stage.FetchAsync(Stage.Url("http", host, stage.Web.Port, path), cancellation, options);
            var encoding = answer.GetProperty("encoding").GetString()!;
            var framing = answer.GetProperty("framing").GetString()!;
            var received = answer.GetProperty("received").GetInt32();
            var bytes = answer.GetProperty("bytes").GetInt32();
            var seen = answer.GetProperty("sha256").GetString()!;
            var how = form switch
            {
                "compressed" => $"as {received:N0} bytes of gzip",
                "chunked" => "unzipped by the relay",
                _ => "by Content-Length",
            };
            record.Claim(
                seen == digest && encoding == expected.Encoding && (expected.Framing ?? framing) == framing,
                string.Create(CultureInfo.InvariantCulture, $"{form,-10} {path[1..]}, {bytes:N0} bytes, {how}: {seen[..8]}..."),
                $"{expected.Encoding} {expected.Framing} {digest}",
                $"{encoding} {framing} {seen}");
        }
    }
}
