using System.Numerics;

namespace Sallyport.Transport;

/// <summary>
/// Deadlines of one loop: 512 slots of 64 ms (33 s a turn; a later deadline waits in the farthest slot and is put back). Adding, removing and moving cost
/// a few writes; a slot that comes up looks at its nodes' deadlines as they are then. A deadline is never early and at most one slot late.
/// </summary>
internal sealed class TimerWheel
{
    public const int SlotMilliseconds = 64;
    private const int SlotCount = 512;

    private readonly TimerNode?[] _slots = new TimerNode?[SlotCount];
    private readonly ulong[] _occupied = new ulong[SlotCount / 64];
    private long _tick;

    public TimerWheel(long now) => _tick = now / SlotMilliseconds;

    /// <summary>Sees to it that the node's deadline is noticed.</summary>
    public void Watch(TimerNode node, long now)
    {
        var deadline = node.Deadline;
        if (deadline == long.MaxValue) return;
        if (node.Slot >= 0)
        {
            if (node.SlotTime <= deadline) return;
            Unlink(node);
        }
        Link(node, deadline, now);
    }

    public void Forget(TimerNode node)
    {
        if (node.Slot >= 0) Unlink(node);
    }

    /// <summary>Expires what is due.</summary>
    public void Advance(long now)
    {
        var target = now / SlotMilliseconds;
        if (target - _tick > SlotCount) _tick = target - SlotCount;
        while (_tick < target)
        {
            _tick++;
            Turn((int)(_tick % SlotCount), now);
        }
    }

    private void Turn(int slot, long now)
    {
        var node = _slots[slot];
        while (node is not null)
        {
            Unlink(node);
            var deadline = node.Deadline;
            if (deadline <= now) node.Expired(now);
            else if (deadline != long.MaxValue && node.Slot < 0) Link(node, deadline, now);
            node = _slots[slot] is { } first && first.SlotTime <= now ? first : null;
        }
    }

    /// <summary>How long a wait may last before a slot with something in it comes up, in milliseconds; -1 for ever.</summary>
    public int MillisecondsToNext(long now)
    {
        var start = (int)((_tick + 1) % SlotCount);
        for (var step = 0; step <= _occupied.Length; step++)
        {
            var word = (start / 64 + step) % _occupied.Length;
            var bits = _occupied[word];
            if (step == 0) bits &= ulong.MaxValue << (start % 64);
            if (step == _occupied.Length) bits &= (1UL << (start % 64)) - 1;
            if (bits == 0) continue;
            var slot = word * 64 + BitOperations.TrailingZeroCount(bits);
            var distance = (slot - start + SlotCount) % SlotCount + 1;
            return (int)Math.Max(1, (_tick + distance) * SlotMilliseconds - now);
        }
        return -1;
    }

    private void Link(TimerNode node, long deadline, long now)
    {
        var tick = (deadline + SlotMilliseconds - 1) / SlotMilliseconds;
        tick = Math.Clamp(tick, _tick + 1, _tick + SlotCount - 1);
        var slot = (int)(tick % SlotCount);
        node.Slot = slot;
        node.SlotTime = tick * SlotMilliseconds;
        node.Previous = null;
        node.Next = _slots[slot];
        if (node.Next is { } next) next.Previous = node;
        _slots[slot] = node;
        _occupied[slot / 64] |= 1UL << (slot % 64);
    }

    private void Unlink(TimerNode node)
    {
        if (node.Next is { } next) next.Previous = node.Previous;
        if (node.Previous is { } previous) previous.Next = node.Next;
        else
        {
            _slots[node.Slot] = node.Next;
            if (node.Next is null) _occupied[node.Slot / 64] &= ~(1UL << (node.Slot % 64));
        }
        node.Previous = node.Next = null;
        node.Slot = -1;
    }
}
