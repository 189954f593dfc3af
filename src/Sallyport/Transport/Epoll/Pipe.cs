namespace Sallyport.Transport.Epoll;

/// <summary>A kernel pipe for splice(2): bytes go from socket to socket through it without being copied into this process.</summary>
public sealed class Pipe
{
    /// <summary>Bytes that a pipe holds: 256 KiB where the system grants it, which halves the calls per byte against its usual 64 KiB.</summary>
    public const int Capacity = 256 * 1024;

    private const int SetPipeSize = 1031;

    private Pipe(int read, int write) => (ReadEnd, WriteEnd) = (read, write);

    internal int ReadEnd { get; }

    internal int WriteEnd { get; }

    /// <summary>A pipe, or null when the process has no descriptors left.</summary>
    internal static unsafe Pipe? TryOpen()
    {
        var ends = stackalloc int[2];
        if (Syscalls.Pipe(ends, Abi.CloseOnExec | Abi.NonBlocking) < 0) return null;
        // Refused past the user's quota of pipe pages: the pipe then works with what it has.
        _ = Syscalls.FileControl(ends[0], SetPipeSize, Capacity);
        return new Pipe(ends[0], ends[1]);
    }

    internal void Close()
    {
        _ = Syscalls.Close(ReadEnd);
        _ = Syscalls.Close(WriteEnd);
    }
}
