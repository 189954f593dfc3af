namespace Sallyport.Transport.Epoll;

/// <summary>A loop's own stack of empty pipes.</summary>
public sealed class PipeStack
{
    /// <summary>Pipes kept: as many transfers in one turn of the loop as are likely to be under way at once.</summary>
    private const int Keep = 64;

    private readonly Stack<Pipe> _free = new();

    /// <summary>An empty pipe, or null when there is none to be had.</summary>
    public Pipe? TryRent() => _free.TryPop(out var pipe) ? pipe : Pipe.TryOpen();

    /// <summary>Takes a pipe back; one that may still hold bytes is closed, so that they never reach another connection.</summary>
    public void Return(Pipe pipe, bool isEmpty)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        if (isEmpty && _free.Count < Keep) _free.Push(pipe);
        else pipe.Close();
    }
}
