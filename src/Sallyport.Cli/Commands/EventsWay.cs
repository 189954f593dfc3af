using System.CommandLine;
using Sallyport.Client;
using Sallyport.Client.Events;
using Sallyport.Events;
using Sallyport.Wire;

namespace Sallyport.Cli.Commands;

/// <summary>What every client command of <c>sallyport events</c> shares: the stream, the way to it, and errors in one line.</summary>
internal sealed class EventsWay
{
    private readonly Argument<string> _stream = new("URL") { Description = "The stream: http://HOST:PORT/v1/stream/NAME." };
    private readonly Option<string?> _relay = new("--relay") { Description = "The relay to go through: http://HOST:PORT. Default: the proxy variables.", HelpName = "URL" };
    private readonly Option<string> _wire = new("--wire") { Description = "The form of requests to the relay: rfc or patent.", DefaultValueFactory = _ => "rfc" };
    private readonly Option<string> _output = new("--output", "-o") { Description = "text or json.", DefaultValueFactory = _ => "text" };

    public EventsWay(Command command)
    {
        _wire.AcceptOnlyFromAmong("rfc", "patent");
        _output.AcceptOnlyFromAmong("text", "json");
        command.Arguments.Add(_stream);
        command.Options.Add(_relay);
        command.Options.Add(_wire);
        command.Options.Add(_output);
    }

    public bool IsJson(ParseResult line) => line.GetValue(_output) == "json";

    /// <summary>Runs the work with a client of the stream; what the peer or the way refuses becomes one line on stderr and exit code 1.</summary>
    public async Task<int> RunAsync(ParseResult line, Func<EventClient, Task<int>> work)
    {
        EventClient client;
        try
        {
            var stream = StreamOf(line.GetValue(_stream)!);
            var relay = line.GetValue(_relay) is { } text ? RelayOf(text) : ProxyVariables.For(stream, Environment.GetEnvironmentVariable);
            client = new EventClient(stream, RelayHttpClient.Create(relay, line.GetValue(_wire) == "patent" ? WireForm.Patent : WireForm.Rfc));
        }
        catch (FormatException error)
        {
            return Fail(error.Message, ExitCode.Usage);
        }
        using (client)
        {
            try
            {
                return await work(client);
            }
            catch (EventException error)
            {
                return Fail(error.Message, ExitCode.Failed);
            }
        }
    }

    public static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"sallyport: {message}");
        return code;
    }

    private static Uri StreamOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.AbsolutePath.StartsWith(EventEndpoint.Prefix, StringComparison.Ordinal) && uri.AbsolutePath.Length > EventEndpoint.Prefix.Length
            ? uri
            : throw new FormatException($"'{text}' is no stream; a URL such as http://HOST:PORT{EventEndpoint.Prefix}NAME is needed.");

    private static Uri RelayOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == "http" && uri.AbsolutePath == "/"
            ? uri
            : throw new FormatException($"--relay is '{text}'; http://HOST:PORT is allowed.");
}
