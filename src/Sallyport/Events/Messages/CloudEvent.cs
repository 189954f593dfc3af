using System.Text.Json;

namespace Sallyport.Events.Messages;

/// <summary>What makes a JSON object a CloudEvents 1.0 event (CloudEvents section 3.1, JSON format section 2).</summary>
internal static class CloudEvent
{
    public const string Structured = "application/cloudevents+json";
    public const string Batch = "application/cloudevents-batch+json";

    private static readonly string[] Required = ["specversion", "id", "source", "type"];

    /// <summary>What the message lacks to be an event, or null if it is one.</summary>
    public static string? Lack(ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) return $"is {NameOf(root.ValueKind)}, not an object";
        foreach (var name in Required)
        {
            if (!root.TryGetProperty(name, out var value)) return $"has no '{name}'";
            if (value.ValueKind != JsonValueKind.String || value.ValueEquals("")) return $"has a '{name}' that is not a non-empty string";
        }
        return root.GetProperty("specversion").ValueEquals("1.0") ? null : "has a 'specversion' other than \"1.0\"";
    }

    /// <summary>The problem of the first message that is no event, or null if all are.</summary>
    public static EventProblem? Check(IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (Lack(messages[i]) is { } lack)
                return new EventProblem(400, $"CloudEvent {i} {lack}; specversion, id, source and type are required. Nothing was stored.", Index: i);
        }
        return null;
    }

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
