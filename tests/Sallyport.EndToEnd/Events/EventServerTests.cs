using System.Net;
using System.Text;
using Sallyport.Client;
using Sallyport.Client.Events;
using Sallyport.Events;
using Sallyport.Events.Hosting;
using Sallyport.Events.Stores;
using Xunit;

namespace Sallyport.EndToEnd.Events;

public sealed class EventServerTests : IAsyncLifetime
{
    private readonly EventEndpoint _endpoint = new(new MemoryEventStore(new EventLimits(), TimeProvider.System), new EventLimits(), TimeProvider.System);
    private EventServer? _server;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EventServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), _endpoint, Cancelled);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    private Uri Door => new($"http://{_server!.Address}/v1/stream/door");

    [Fact]
    public async Task Figure_11_steps_701_to_705_in_order()
    {
        using var client = new EventClient(Door);
        Assert.True(await client.CreateAsync(Cancelled));
        Assert.False(await client.CreateAsync(Cancelled));
        var none = await client.AcquireAsync(EventClient.FromStart, TimeSpan.Zero, Cancelled);
        Assert.False(none.EventOccurred);
        await client.PublishAsync("""{"door":"open"}"""u8.ToArray(), Cancelled);
        var occurred = await client.AcquireAsync(none.NextOffset, TimeSpan.FromSeconds(20), Cancelled);
        Assert.True(occurred.EventOccurred);
        Assert.Equal("""[{"door":"open"}]""", Encoding.UTF8.GetString(occurred.Events.Span));
    }

    [Fact]
    public async Task Claim_7_the_question_is_repeated_until_an_answer_with_data_comes()
    {
        using var client = new EventClient(Door);
        await client.CreateAsync(Cancelled);
        var asked = 0;
        var answer = await client.AcquireUntilEventAsync(
            EventClient.FromStart,
            TimeSpan.FromMilliseconds(5),
            _ =>
            {
                if (++asked == 3) client.PublishAsync("7"u8.ToArray(), Cancelled).GetAwaiter().GetResult();
            },
            Cancelled);
        Assert.Equal(("[7]", 3), (Encoding.UTF8.GetString(answer.Events.Span), asked));
    }

    [Fact]
    public async Task A_thousand_readers_on_their_own_connections_are_all_woken()
    {
        using var client = new EventClient(Door);
        await client.CreateAsync(Cancelled);
        var readers = Enumerable.Range(0, 1000).Select(_ => client.AcquireAsync(EventClient.FromStart, TimeSpan.FromSeconds(50), Cancelled)).ToArray();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (_endpoint.ParkedReaders < 1000) await Task.Delay(1, deadline.Token);
        await client.PublishAsync("1"u8.ToArray(), Cancelled);
        Assert.All(await Task.WhenAll(readers), answer => Assert.True(answer.EventOccurred));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_and_a_missing_stream_404_with_the_servers_words()
    {
        using var client = new EventClient(Door);
        var missing = await Assert.ThrowsAsync<EventException>(() => client.PublishAsync("1"u8.ToArray(), Cancelled));
        Assert.Equal(404, missing.Status);
        Assert.Contains("no such stream", missing.Message, StringComparison.Ordinal);
        await client.CreateAsync(Cancelled);
        var large = await Assert.ThrowsAsync<EventException>(() => client.PublishAsync(new byte[(1 << 20) + 1], Cancelled));
        Assert.Equal(413, large.Status);
    }

    [Fact]
    public async Task A_reader_that_goes_away_leaves_its_place()
    {
        using var client = new EventClient(Door);
        await client.CreateAsync(Cancelled);
        using var leave = new CancellationTokenSource();
        var waiting = client.AcquireAsync(EventClient.FromNow, TimeSpan.FromSeconds(50), leave.Token);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (_endpoint.ParkedReaders < 1) await Task.Delay(1, deadline.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        while (_endpoint.ParkedReaders > 0) await Task.Delay(1, deadline.Token);
    }

    [Fact]
    public async Task An_event_stream_carries_data_and_its_offset_as_id()
    {
        using var client = new EventClient(Door);
        await client.CreateAsync(Cancelled);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"{Door}?offset=now&live=sse"), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        var next = await client.PublishAsync("1"u8.ToArray(), Cancelled);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancelled));
        var seen = new List<string>();
        while (!seen.Contains($"id: {next}")) seen.Add(await lines.ReadLineAsync(Cancelled) ?? throw new EndOfStreamException(string.Join('\n', seen)));
        Assert.Contains("data:[1]", seen);
        Assert.False(answer.Headers.Contains("Server"));
    }
}
