using System.Runtime.InteropServices;

namespace Sallyport.Transport.Epoll;

/// <summary>Raises the soft limit of open descriptors to the hard one: a program compiled ahead of time starts with the shell's 1,024, and two are needed per connection.</summary>
public static partial class DescriptorLimit
{
    private const int OpenFiles = 7;

    /// <summary>Raises it as far as the hard limit allows; returns what it is then.</summary>
    public static unsafe long Raise()
    {
        var limit = stackalloc ulong[2];
        if (GetLimit(OpenFiles, limit) != 0) return 0;
        if (limit[0] < limit[1])
        {
            limit[0] = limit[1];
            _ = SetLimit(OpenFiles, limit);
            _ = GetLimit(OpenFiles, limit);
        }
        return (long)Math.Min(limit[0], long.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static unsafe partial int GetLimit(int resource, ulong* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static unsafe partial int SetLimit(int resource, ulong* limit);
}
