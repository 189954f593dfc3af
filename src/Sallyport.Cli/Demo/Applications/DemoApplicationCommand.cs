using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Sallyport.Cli.Demo.Applications;

/// <summary>
/// <c>sallyport demo-application</c>: the applications outside, as programs of their own, so that they can stand in a network namespace
/// and nothing has to be installed for them. Not in the help: only the demonstration calls it. Each writes one JSON object.
/// </summary>
internal static class DemoApplicationCommand
{
    public const string Name = "demo-application";

    /// <summary>What <c>record</c> writes when it watches.</summary>
    public const string Recording = "recording";

    public static Command Create() =>
        new(Name, "The applications of the demonstration.") { Hidden = true, Subcommands = { CreateFetch(), CreateSay(), CreateRecord() } };

    private static Command CreateFetch()
    {
        var url = new Argument<Uri>("URL") { CustomParser = result => new Uri(result.Tokens[0].Value) };
        var proxy = new Option<Uri>("--proxy") { Required = true, CustomParser = result => new Uri(result.Tokens[0].Value) };
        var gzip = new Option<bool>("--gzip");
        var authority = new Option<string?>("--authority");
        var command = new Command("fetch", "Fetch a URL as any HTTP client does.") { url, proxy, gzip, authority };
        command.SetAction((line, cancellation) => AnswerAsync(json => FetchApplication.RunAsync(
            json, line.GetRequiredValue(url), line.GetRequiredValue(proxy), line.GetValue(gzip), line.GetValue(authority), cancellation)));
        return command;
    }

    private static Command CreateSay()
    {
        var address = new Argument<string>("ADDR:PORT");
        var command = new Command("say", "Send standard input as it is, and read the answer to its end.") { address };
        command.SetAction((line, cancellation) => AnswerAsync(json => SayApplication.RunAsync(json, IPEndPoint.Parse(line.GetRequiredValue(address)), cancellation)));
        return command;
    }

    private static Command CreateRecord()
    {
        var port = new Argument<ushort>("PORT");
        var marker = new Argument<string>("TEXT");
        var command = new Command("record", "Record the first head that is sent to a port and has the text in its first line.") { port, marker };
        command.SetAction((line, cancellation) => AnswerAsync(async json =>
        {
            using var recorder = new PacketRecorder(line.GetValue(port));
            await Console.Out.WriteLineAsync(Recording);
            await Console.Out.FlushAsync(cancellation);
            json.WriteBase64String("head", await recorder.HeadAsync(line.GetRequiredValue(marker), cancellation));
        }));
        return command;
    }

    private static async Task<int> AnswerAsync(Func<Utf8JsonWriter, Task> work)
    {
        using var buffer = new MemoryStream();
        await using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        var code = ExitCode.Good;
        try
        {
            await work(json);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or System.Net.Sockets.SocketException)
        {
            json.WriteString("error", failure.Message);
            code = ExitCode.Failed;
        }
        json.WriteEndObject();
        await json.FlushAsync();
        await Console.Out.WriteLineAsync(Encoding.UTF8.GetString(buffer.ToArray()));
        return code;
    }
}
