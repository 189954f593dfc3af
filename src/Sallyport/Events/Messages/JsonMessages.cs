using System.Text.Json;
using System.Text.Unicode;

namespace Sallyport.Events.Messages;

/// <summary>A JSON body as messages: an array is a batch and is opened one level, any other value is one message (Durable Streams section 9.1).</summary>
internal static class JsonMessages
{
    /// <summary>Splits the body; each message is a part of one fresh array. An empty array gives no message.</summary>
    public static EventProblem? TrySplit(ReadOnlySpan<byte> body, out IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        var parts = new List<Range>();
        messages = [];
        if (!Utf8.IsValid(body)) return new EventProblem(400, "The body is not UTF-8; JSON has to be.");
        try
        {
            Find(body, parts);
        }
        catch (JsonException error)
        {
            return new EventProblem(400, $"The body is not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}. One JSON value or one array of them is allowed, at most 64 levels deep.");
        }
        messages = Copy(body, parts);
        return null;
    }

    private static void Find(ReadOnlySpan<byte> body, List<Range> parts)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            parts.Add(start..(int)reader.BytesConsumed);
        }
        else
        {
            while (reader.Read() && reader.CurrentDepth > 0)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                parts.Add(start..(int)reader.BytesConsumed);
            }
        }
        // Anything but blanks after the value throws here.
        while (reader.Read())
        {
        }
    }

    // Without the blanks between them: what is kept is what is counted.
    private static ReadOnlyMemory<byte>[] Copy(ReadOnlySpan<byte> body, List<Range> parts)
    {
        var size = 0;
        foreach (var part in parts) size += part.End.Value - part.Start.Value;
        var kept = new byte[size];
        var messages = new ReadOnlyMemory<byte>[parts.Count];
        var at = 0;
        for (var i = 0; i < messages.Length; i++)
        {
            var part = body[parts[i]];
            part.CopyTo(kept.AsSpan(at));
            messages[i] = kept.AsMemory(at, part.Length);
            at += part.Length;
        }
        return messages;
    }

    /// <summary>The messages as one JSON array.</summary>
    public static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        var size = 2 + Math.Max(0, messages.Count - 1);
        foreach (var message in messages) size += message.Length;
        var joined = new byte[size];
        var at = 0;
        joined[at++] = (byte)'[';
        for (var i = 0; i < messages.Count; i++)
        {
            if (i > 0) joined[at++] = (byte)',';
            messages[i].Span.CopyTo(joined.AsSpan(at));
            at += messages[i].Length;
        }
        joined[at] = (byte)']';
        return joined;
    }
}
