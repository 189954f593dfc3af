using CsCheck;
using Sallyport.Transport;
using Xunit;

namespace Sallyport.Tests.Transport;

public sealed class TimerWheelTests
{
    private const int Slot = TimerWheel.SlotMilliseconds;

    /// <summary>Random lives of a few nodes beside a model that only knows each node's deadline. Steps up to several turns of the wheel (33 s) at once.</summary>
    [Fact]
    public void No_deadline_is_early_or_more_than_a_slot_late_or_forgotten() =>
        Gen.Select(Gen.Long[0, 1L << 40], Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5], Gen.Frequency((4, Gen.Long[0, 300]), (3, Gen.Long[0, 40_000]), (1, Gen.Long[0, 400_000]))).Array[1, 60])
            .Sample((start, steps) =>
            {
                var life = new WheelLife(start);
                foreach (var (action, node, amount) in steps) life.Step(action, node, amount);
                life.RunOut();
            }, iter: 3000);

    [Fact]
    public void A_wheel_without_deadlines_waits_for_ever() => Assert.Equal(-1, new TimerWheel(12_345).MillisecondsToNext(12_345));

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    [InlineData(32_000)]
    [InlineData(33_000)]
    [InlineData(500_000)]
    public void Waiting_as_long_as_the_wheel_says_reaches_the_deadline_in_few_steps(int delay)
    {
        long now = 1_000_003;
        var wheel = new TimerWheel(now);
        var node = new Node { At = now + delay };
        wheel.Watch(node, now);
        var waits = 0;
        while (node.Expirations == 0)
        {
            var wait = wheel.MillisecondsToNext(now);
            Assert.InRange(wait, 1, Slot * 512);
            now += wait;
            wheel.Advance(now);
            waits++;
        }
        Assert.InRange(now - node.ExpiredFor, 0, Slot);
        // A wake-up per turn of the wheel, and one for the deadline.
        Assert.True(waits <= 2 + delay / (Slot * 510), $"{waits} waits for {delay} ms.");
    }

    [Fact]
    public void A_deadline_that_moves_back_costs_nothing_until_its_old_slot_comes_up()
    {
        var wheel = new TimerWheel(0);
        var node = new Node { At = 100 };
        wheel.Watch(node, 0);
        var slot = node.Slot;
        node.At = 5000;
        wheel.Watch(node, 0);
        Assert.Equal(slot, node.Slot);
        wheel.Advance(200);
        Assert.Equal(0, node.Expirations);
        wheel.Advance(5000 + Slot);
        Assert.Equal(1, node.Expirations);
    }

    [Fact]
    public void A_node_may_forget_and_watch_others_while_it_expires()
    {
        var wheel = new TimerWheel(0);
        Node other = new() { At = 100 }, late = new();
        var first = new Node { At = 100 };
        // The one linked last comes first: it takes the other out of the slot that is being looked through.
        first.OnExpired = now =>
        {
            wheel.Forget(other);
            late.At = now + 10;
            wheel.Watch(late, now);
        };
        wheel.Watch(other, 0);
        wheel.Watch(first, 0);
        wheel.Advance(128);
        Assert.Equal((1, 0, 0), (first.Expirations, other.Expirations, late.Expirations));
        wheel.Advance(256);
        Assert.Equal((0, 1), (other.Expirations, late.Expirations));
        Assert.Equal(-1, wheel.MillisecondsToNext(256));
    }

    internal sealed class Node : TimerNode
    {
        public long At { get; set; } = long.MaxValue;

        public int Expirations { get; private set; }

        public long ExpiredFor { get; private set; }

        public Action<long>? OnExpired { get; set; }

        protected internal override long Deadline => At;

        protected internal override void Expired(long now)
        {
            Expirations++;
            ExpiredFor = At;
            Assert.True(At <= now, $"Expired {At - now} ms early.");
            At = long.MaxValue;
            OnExpired?.Invoke(now);
        }
    }
}
