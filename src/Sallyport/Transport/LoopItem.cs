namespace Sallyport.Transport;

/// <summary>Something that a loop runs on its own thread, in the order in which it was queued.</summary>
public abstract class LoopItem
{
    /// <summary>Runs on the loop's thread. Must not throw: what escapes here is a bug in the loop and ends the process.</summary>
    protected internal abstract void Run();
}

/// <summary>A <see cref="LoopItem"/> made of a delegate, for what is rare: starting, stopping, reloading.</summary>
public sealed class LoopCall(Action call) : LoopItem
{
    /// <inheritdoc/>
    protected internal override void Run() => call();
}
