using System.CommandLine;
using System.Text;
using Sallyport.Client;

namespace Sallyport.Cli.Commands;

/// <summary><c>sallyport events publish URL [--type T] [DATA | -]</c>.</summary>
internal static class EventsPublishCommand
{
    // One read of a pipe; a batch of whole lines stays far below the server's bound of 1 MiB per request.
    private const int ReadBytes = 64 << 10;

    public static Command Create()
    {
        var command = new Command("publish", "Publish an event, or a line of JSON each from standard input.");
        var way = new EventsWay(command);
        var data = new Argument<string>("DATA") { Description = "JSON or text; - reads lines from standard input.", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "-" };
        var type = new Option<string?>("--type") { Description = "The CloudEvents type to wrap the data with." };
        command.Arguments.Add(data);
        command.Options.Add(type);
        command.SetAction((line, cancellation) => way.RunAsync(line, async client =>
        {
            byte[] Wrap(string text) => EventsMessage.Wrap(text, line.GetValue(type), DateTimeOffset.UtcNow, Guid.CreateVersion7());
            var next = line.GetValue(data) is { } text and not "-"
                ? await client.PublishAsync(Wrap(text), cancellation)
                : await PublishLinesAsync(client, Console.OpenStandardInput(), Wrap, cancellation);
            if (next is null) return EventsWay.Fail("standard input held no line; nothing was published.", ExitCode.Failed);
            if (way.IsJson(line)) Console.Out.WriteLine($$"""{"nextOffset":"{{next}}"}""");
            else Console.Error.WriteLine($"published; next offset {next}");
            return ExitCode.Good;
        }));
        return command;
    }

    /// <summary>Publishes what each read brings as one batch of whole lines; the last line may lack its end.</summary>
    /// <returns>The offset after the last batch, or null if there was no line.</returns>
    private static async Task<string?> PublishLinesAsync(EventClient client, Stream input, Func<string, byte[]> wrap, CancellationToken cancellation)
    {
        string? next = null;
        var buffer = new byte[ReadBytes];
        var rest = new MemoryStream();
        while (await input.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            var end = buffer.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
            rest.Write(buffer, 0, end);
            if (end > 0)
            {
                next = await PublishBatchAsync(client, rest, wrap, cancellation) ?? next;
                rest.SetLength(0);
            }
            rest.Write(buffer, end, count - end);
        }
        return await PublishBatchAsync(client, rest, wrap, cancellation) ?? next;
    }

    private static async Task<string?> PublishBatchAsync(EventClient client, MemoryStream lines, Func<string, byte[]> wrap, CancellationToken cancellation)
    {
        using var batch = new MemoryStream();
        foreach (var line in Encoding.UTF8.GetString(lines.GetBuffer(), 0, (int)lines.Length).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            batch.WriteByte(batch.Length == 0 ? (byte)'[' : (byte)',');
            batch.Write(wrap(line));
        }
        if (batch.Length == 0) return null;
        batch.WriteByte((byte)']');
        return await client.PublishAsync(batch.ToArray(), cancellation);
    }
}
