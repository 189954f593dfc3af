using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Sallyport.Tests.Transport;

/// <summary>While it lives this process gets no new descriptor: the soft limit stands at the lowest free number.</summary>
internal sealed unsafe partial class DescriptorShortage : IDisposable
{
    private const int OpenFiles = 7;

    private readonly ulong _soft;
    private readonly ulong _hard;

    public DescriptorShortage()
    {
        var limit = stackalloc ulong[2];
        if (GetLimit(OpenFiles, limit) != 0) throw new Win32Exception();
        (_soft, _hard) = (limit[0], limit[1]);
        var open = Directory.GetFileSystemEntries("/proc/self/fd").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).ToHashSet();
        Set((ulong)Enumerable.Range(0, int.MaxValue).First(number => !open.Contains(number)));
    }

    private void Set(ulong soft)
    {
        var limit = stackalloc ulong[] { soft, _hard };
        if (SetLimit(OpenFiles, limit) != 0) throw new Win32Exception();
    }

    public void Dispose() => Set(_soft);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, ulong* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, ulong* limit);
}
