using Sallyport.Events;
using Xunit;

namespace Sallyport.Tests.Events;

public sealed class EventLimitsTests
{
    [Fact]
    public async Task A_message_of_the_limit_passes_and_one_byte_more_is_413()
    {
        var room = new EventRoom();
        await room.Create();
        var longest = $"\"{new string('x', (1 << 20) - 2)}\"";
        Assert.Equal(204, (await room.Publish(longest)).Status);
        Assert.Equal(413, (await room.Publish(longest + " ")).Status);
    }

    [Fact]
    public async Task One_stream_too_many_is_507_until_one_goes()
    {
        var room = new EventRoom(new EventLimits { Streams = 1 });
        await room.Create();
        Assert.Equal(507, (await room.Create("/v1/stream/two")).Status);
        await room.Send("DELETE", EventRoom.Door);
        Assert.Equal(201, (await room.Create("/v1/stream/two")).Status);
    }

    [Theory]
    [InlineData(40, 1000)]
    [InlineData(1000, 40)]
    public async Task A_full_stream_or_store_refuses_publishing_and_goes_on_reading(int stream, int store)
    {
        var room = new EventRoom(new EventLimits { StreamBytes = stream, StoreBytes = store });
        await room.Create();
        Assert.Equal(204, (await room.Publish("[1,2]")).Status);
        Assert.Equal(507, (await room.Publish("3")).Status);
        Assert.Equal("[1,2]", (await room.Send("GET", EventRoom.Door)).Text());
    }

    [Fact]
    public async Task One_parked_reader_too_many_is_429_and_an_answer_at_once_still_comes()
    {
        var room = new EventRoom(new EventLimits { ParkedReaders = 1 });
        await room.Create();
        var waiting = room.Acquire("now");
        var refused = await room.Acquire("now");
        Assert.Equal((429, "1"), (refused.Status, refused.Header("Retry-After")));
        Assert.Equal(204, (await room.Acquire("now", "&timeout=0")).Status);
        await room.Publish("1");
        Assert.Equal(200, (await waiting).Status);
    }

    [Fact]
    public async Task A_producer_too_many_is_507()
    {
        var room = new EventRoom(new EventLimits { Producers = 1 });
        await room.Create();
        Assert.Equal(200, (await PublishAs(room, "a")).Status);
        Assert.Equal(507, (await PublishAs(room, "b")).Status);
        Assert.Equal(204, (await PublishAs(room, "a")).Status);
    }

    [Fact]
    public async Task A_read_stops_at_its_limit_and_the_next_one_goes_on()
    {
        var room = new EventRoom(new EventLimits { ReadBytes = 3 });
        await room.Create();
        await room.Publish("[11,22,3333]");
        var first = await room.Send("GET", $"{EventRoom.Door}?offset=-1");
        Assert.Equal(("[11]", null), (first.Text(), first.Header("Stream-Up-To-Date")));
        var second = await room.Send("GET", $"{EventRoom.Door}?offset={first.Next()}");
        var third = await room.Send("GET", $"{EventRoom.Door}?offset={second.Next()}");
        Assert.Equal(("[22]", "[3333]", "true"), (second.Text(), third.Text(), third.Header("Stream-Up-To-Date")));
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_400()
    {
        Assert.Equal(201, (await new EventRoom().Create($"/v1/stream/{new string('x', 1024)}")).Status);
        Assert.Equal(400, (await new EventRoom().Create($"/v1/stream/{new string('x', 1025)}")).Status);
    }

    private static Task<EventAnswer> PublishAs(EventRoom room, string producer) => room.Send(
        "POST", EventRoom.Door, "1", ("Content-Type", "application/json"), ("Producer-Id", producer), ("Producer-Epoch", "0"), ("Producer-Seq", "0"));
}
