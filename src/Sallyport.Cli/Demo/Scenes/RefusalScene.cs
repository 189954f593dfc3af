namespace Sallyport.Cli.Demo.Scenes;

/// <summary>What no rule allows is refused, and the refusal says why.</summary>
internal sealed class RefusalScene : IScene
{
    public string Title => "What no rule allows is refused, with the reason";

    public bool NeedsWall => false;

    public async Task PlayAsync(Stage stage, SceneRecord record, CancellationToken cancellation)
    {
        var url = Stage.Url("http", DemoFiles.ClosedHost, stage.Web.Port, "/");
        var answer = await stage.FetchAsync(url, cancellation);
        var status = answer.GetProperty("status").GetInt32();
        record.Claim(status == 403, $"{url} is in no rule: {status}.", "403", $"{status}");
        var reason = answer.GetProperty("proxyStatus").GetString()!;
        record.Claim(
            reason.Contains("error=http_request_denied", StringComparison.Ordinal),
            $"Proxy-Status: {reason}",
            "error=http_request_denied",
            reason.Length > 0 ? reason : "no Proxy-Status");
        // The last that comes through the relay: with it, the log that the end counts is whole.
        var line = await stage.Relay.LineAsync(stage.Relay.Errors, line => line.Contains(DemoFiles.ClosedHost, StringComparison.Ordinal), "a line of log about the refusal", cancellation);
        record.Claim(line.Contains(" 403 ", StringComparison.Ordinal), $"The relay's log: {RelayLog.WithoutTime(line)}", "403", line);
    }
}
