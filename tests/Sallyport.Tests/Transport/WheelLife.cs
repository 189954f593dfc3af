using Sallyport.Transport;
using Xunit;

namespace Sallyport.Tests.Transport;

/// <summary>Six nodes on a wheel, and what must be true of them after each step.</summary>
internal sealed class WheelLife
{
    private readonly TimerWheelTests.Node[] _nodes = [.. Enumerable.Range(0, 6).Select(_ => new TimerWheelTests.Node())];
    private readonly TimerWheel _wheel;
    private long _now;

    public WheelLife(long start)
    {
        _now = start;
        _wheel = new TimerWheel(start);
    }

    public void Step(int action, int which, long amount)
    {
        var node = _nodes[which];
        switch (action)
        {
            case < 5:
                node.At = _now + amount;
                _wheel.Watch(node, _now);
                break;
            case 5:
                node.At = long.MaxValue;
                _wheel.Forget(node);
                break;
            case 6:
                // Nobody is told: the deadline is gone when its slot comes up.
                node.At = long.MaxValue;
                break;
            default:
                Advance(_now + amount);
                break;
        }
    }

    private void Advance(long to)
    {
        _now = to;
        _wheel.Advance(_now);
        foreach (var node in _nodes) Assert.True(node.At > _now - TimerWheel.SlotMilliseconds, $"A deadline is {_now - node.At} ms late.");
    }

    /// <summary>Follows the wheel's own waits until nothing is left.</summary>
    public void RunOut()
    {
        for (var wait = 0; (wait = _wheel.MillisecondsToNext(_now)) >= 0;) Advance(_now + wait);
        foreach (var node in _nodes) Assert.Equal(long.MaxValue, node.At);
    }
}
