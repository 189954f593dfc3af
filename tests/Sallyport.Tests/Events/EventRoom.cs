using System.Text;
using Sallyport.Events;
using Sallyport.Events.Stores;
using Xunit;

namespace Sallyport.Tests.Events;

/// <summary>The room in memory, and requests to it in one line each.</summary>
internal sealed class EventRoom
{
    public const string Door = "/v1/stream/door";

    public EventRoom(EventLimits? limits = null)
    {
        Limits = limits ?? new EventLimits();
        Endpoint = new EventEndpoint(new MemoryEventStore(Limits, Time), Limits, Time);
    }

    public EventLimits Limits { get; }

    public ManualTime Time { get; } = new();

    public EventEndpoint Endpoint { get; }

    public Task<EventAnswer> Send(string method, string target, string body = "", params (string Name, string Value)[] headers)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return Endpoint.HandleAsync(
            new EventRequest
            {
                Method = method,
                Path = query < 0 ? target : target[..query],
                Query = query < 0 ? "" : target[query..],
                Headers = [.. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))],
                Body = Encoding.UTF8.GetBytes(body),
            },
            TestContext.Current.CancellationToken);
    }

    public Task<EventAnswer> Create(string path = Door) => Send("PUT", path);

    public Task<EventAnswer> Publish(string json, string path = Door) => Send("POST", path, json, ("Content-Type", "application/json"));

    public Task<EventAnswer> Acquire(string offset, string more = "", string path = Door) => Send("GET", $"{path}?offset={offset}&live=long-poll{more}");
}

internal static class EventAnswerText
{
    public static string Text(this EventAnswer answer) => Encoding.UTF8.GetString(answer.Body.Span);

    public static string Next(this EventAnswer answer) => answer.Header("Stream-Next-Offset") ?? throw new InvalidOperationException($"No offset in {answer.Status} {answer.Text()}");
}
