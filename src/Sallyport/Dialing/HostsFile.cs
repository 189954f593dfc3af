using Sallyport.Wire;

namespace Sallyport.Dialing;

/// <summary>The machine's own table of names (hosts(5)), read anew when the file changes. It comes before the resolver, as on any system.</summary>
/// <remarks>Read here because names go to the resolver with a trailing dot, so that no search domain is tried, and with the dot the system would not find them in its table.</remarks>
internal sealed class HostsFile(string path)
{
    /// <summary>A table larger than this is not read: 1 MiB, far above any real one.</summary>
    private const long MaxBytes = 1 << 20;

    private readonly Lock _gate = new();
    private Dictionary<string, InternetAddress[]> _names = [];
    private DateTime _read;

    public static HostsFile OfThisMachine { get; } = new(OperatingSystem.IsWindows()
        ? Path.Combine(Environment.SystemDirectory, "drivers", "etc", "hosts")
        : "/etc/hosts");

    /// <summary>The addresses of a lower-case name, or null.</summary>
    public InternetAddress[]? Find(string name)
    {
        lock (_gate)
        {
            var written = File.GetLastWriteTimeUtc(path);
            if (written != _read)
            {
                _names = Read();
                _read = written;
            }
            return _names.GetValueOrDefault(name);
        }
    }

    private Dictionary<string, InternetAddress[]> Read()
    {
        var names = new Dictionary<string, InternetAddress[]>();
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MaxBytes) return names;
            foreach (var line in File.ReadLines(path)) Enter(names, line);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // As without a table: the resolver is asked.
        }
        return names;
    }

    private static void Enter(Dictionary<string, InternetAddress[]> names, string line)
    {
        var words = line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !InternetAddress.TryParse(words[0], out var address)) return;
        foreach (var word in words.AsSpan(1))
        {
            var name = word.ToLowerInvariant();
            // Plain, as the resolver's answers are made: one address has one class, however it is written.
            names[name] = names.TryGetValue(name, out var known) ? [.. known, address.Unmapped()] : [address.Unmapped()];
        }
    }
}
