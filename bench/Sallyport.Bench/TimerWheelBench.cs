using BenchmarkDotNet.Attributes;
using Sallyport.Transport;

namespace Sallyport.Bench;

/// <summary>The wheel under 10,000 connections: moving a deadline back as each operation does, setting and forgetting one, and a turn in which nothing is due.</summary>
public class TimerWheelBench
{
    private const int Connections = 10_000;

    private readonly Node[] _nodes = [.. Enumerable.Range(0, Connections).Select(_ => new Node())];
    private TimerWheel _wheel = new(0);
    private long _now;
    private int _next;

    [GlobalSetup]
    public void Fill()
    {
        (_wheel, _now, _next) = (new TimerWheel(0), 0, 0);
        foreach (var node in _nodes)
        {
            // Never due, however far the clock is moved on; and no overflow when the wheel rounds it up.
            node.Until = long.MaxValue / 2;
            node.Slot = -1;
            _wheel.Watch(node, 0);
        }
    }

    [Benchmark]
    public void MoveBack()
    {
        var node = Next();
        node.Until++;
        _wheel.Watch(node, _now);
    }

    [Benchmark]
    public void ForgetAndWatch()
    {
        var node = Next();
        _wheel.Forget(node);
        _wheel.Watch(node, _now);
    }

    /// <summary>The clock goes on by one slot; every deadline is far away, so once in a turn of 512 slots all nodes are put back.</summary>
    [Benchmark]
    public int Advance()
    {
        _now += TimerWheel.SlotMilliseconds;
        _wheel.Advance(_now);
        return _wheel.MillisecondsToNext(_now);
    }

    private Node Next() => _nodes[_next = (_next + 1) % Connections];

    private sealed class Node : TimerNode
    {
        public long Until;

        protected internal override long Deadline => Until;

        protected internal override void Expired(long now) => throw new InvalidOperationException("no deadline here is ever due");
    }
}
