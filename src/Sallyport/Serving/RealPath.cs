namespace Sallyport.Serving;

/// <summary>The path a file has once every symbolic link on the way is followed, as realpath(3).</summary>
internal static class RealPath
{
    /// <summary>As many links as Linux follows before it says ELOOP.</summary>
    private const int MaximumLinks = 40;

    /// <returns>Null when the links go in a circle. A path that does not exist resolves to itself.</returns>
    public static string? Resolve(string path)
    {
        var pending = new Stack<string>();
        var real = Begin(path, pending);
        var links = 0;
        while (pending.TryPop(out var name))
        {
            var next = Path.Join(real, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MaximumLinks) return null;
            real = Begin(Path.GetFullPath(target, real), pending);
        }
        return real;
    }

    /// <summary>Whether a resolved path is the resolved root or lies below it.</summary>
    public static bool IsWithin(string real, string root) =>
        real == root || real.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Begin(string path, Stack<string> pending)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        foreach (var name in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse()) pending.Push(name);
        return root;
    }
}
