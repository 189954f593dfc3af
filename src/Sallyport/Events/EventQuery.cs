namespace Sallyport.Events;

/// <summary>The query parameters that the room knows; others are ignored (Durable Streams section 11.1).</summary>
internal sealed record EventQuery
{
    private static readonly string[] Known = ["offset", "live", "timeout", "cursor"];

    public string? Offset { get; init; }

    public string? Live { get; init; }

    public string? Timeout { get; init; }

    public string? Cursor { get; init; }

    /// <summary>Splits the query; a parameter that is known and repeated is a problem, since nobody could say which one counts.</summary>
    public static EventProblem? TryParse(string text, out EventQuery query)
    {
        query = new EventQuery();
        foreach (var pair in text.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            if (!Known.Contains(name)) continue;
            var value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            if (query.Value(name) is not null) return new EventProblem(400, $"The query parameter '{name}' is given more than once; give it once.");
            query = query.With(name, value);
        }
        return null;
    }

    private string? Value(string name) => name switch
    {
        "offset" => Offset,
        "live" => Live,
        "timeout" => Timeout,
        _ => Cursor,
    };

    private EventQuery With(string name, string value) => name switch
    {
        "offset" => this with { Offset = value },
        "live" => this with { Live = value },
        "timeout" => this with { Timeout = value },
        _ => this with { Cursor = value },
    };

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
