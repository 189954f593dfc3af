using System.Text;
using System.Text.Json;

namespace Sallyport.Cli.Demo;

/// <summary>One JSON object per line: one for each scene, and a last one that sums up and has no <c>scene</c>.</summary>
internal sealed class JsonNarrator(TextWriter output) : INarrator
{
    public void Open(Ground ground, string? leftOut)
    {
        // Everything that there is to say comes with the scenes and the end.
    }

    public void Tell(SceneRecord scene, IEnumerable<string> tails) => Write(json =>
    {
        json.WriteNumber("scene", scene.Number);
        json.WriteString("title", scene.Title);
        json.WriteBoolean("held", scene.Held);
        if (scene.LeftOut is not null) json.WriteString("leftOut", scene.LeftOut);
        json.WriteStartArray("lines");
        foreach (var line in scene.Lines) WriteLine(json, line);
        json.WriteEndArray();
        if (scene.Held) return;
        json.WriteStartArray("errors");
        foreach (var tail in tails) json.WriteStringValue(tail.Trim());
        json.WriteEndArray();
    });

    public void Close(DemoSummary summary) => Write(json =>
    {
        json.WriteBoolean("held", summary.Held);
        json.WriteString("port", summary.SharedPort);
        json.WriteString("wall", summary.LeftOut is null ? "namespaces" : "none");
        if (summary.LeftOut is not null) json.WriteString("leftOut", summary.LeftOut);
        json.WriteStartObject("relayLog");
        foreach (var (port, lines) in summary.Log) json.WriteNumber(Stage.Text(port), lines);
        json.WriteEndObject();
        json.WriteNumber("seconds", Math.Round(summary.Took.TotalSeconds, 1));
        json.WriteStartArray("processes");
        foreach (var id in summary.Traces.Processes) json.WriteNumberValue(id);
        json.WriteEndArray();
        json.WriteStartArray("namespaces");
        foreach (var name in summary.Traces.Namespaces) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("folder", summary.Traces.Folder);
    });

    private static void WriteLine(Utf8JsonWriter json, SceneLine line)
    {
        json.WriteStartObject();
        json.WriteString("text", line.What);
        if (line.Held is { } held) json.WriteBoolean("held", held);
        if (line.Expected is not null) json.WriteString("expected", line.Expected);
        if (line.Seen is not null) json.WriteString("seen", line.Seen);
        json.WriteEndObject();
    }

    private void Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
        output.Flush();
    }
}
