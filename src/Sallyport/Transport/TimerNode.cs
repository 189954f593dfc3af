namespace Sallyport.Transport;

/// <summary>Something with a deadline on a loop's clock. Its place in the wheel moves lazily: a deadline that moves back costs nothing.</summary>
public abstract class TimerNode
{
    internal TimerNode? Previous;
    internal TimerNode? Next;

    /// <summary>The wheel's slot that holds the node, or -1.</summary>
    internal int Slot = -1;

    /// <summary>When the slot that holds the node comes up, in milliseconds.</summary>
    internal long SlotTime;

    /// <summary>The deadline now, in milliseconds of the loop's clock; <see cref="long.MaxValue"/> for none.</summary>
    protected internal abstract long Deadline { get; }

    /// <summary>The deadline has passed. Runs on the loop's thread.</summary>
    protected internal abstract void Expired(long now);
}
