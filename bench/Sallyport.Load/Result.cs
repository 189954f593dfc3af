using System.Text.Json;

namespace Sallyport.Load;

/// <summary>A result: one line of JSON on stdout.</summary>
internal static class Result
{
    /// <summary>Writes the members in order.</summary>
    public static void Say(params ReadOnlySpan<(string Name, double Value)> members)
    {
        using var stdout = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(stdout))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members) writer.WriteNumber(name, value);
            writer.WriteEndObject();
        }
        stdout.Write("\n"u8);
    }
}
