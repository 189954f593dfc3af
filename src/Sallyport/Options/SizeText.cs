using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Options;

/// <summary>Sizes as the configuration writes them: <c>16KiB</c>, <c>64KB</c>, <c>1MiB</c>, <c>500B</c>. KiB is 1024 bytes and KB 1000 (IEC 80000-13).</summary>
public static class SizeText
{
    private static readonly (string Name, long Unit)[] s_units =
    [
        ("B", 1), ("KB", 1000), ("KiB", 1L << 10), ("MB", 1_000_000), ("MiB", 1L << 20), ("GB", 1_000_000_000), ("GiB", 1L << 30), ("TB", 1_000_000_000_000), ("TiB", 1L << 40),
    ];

    /// <summary>Reads a whole number with its unit, in bytes between the two bounds.</summary>
    public static bool TryParse(string text, long least, long most, out long bytes, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        bytes = 0;
        error = $"`{text}` is no size: a whole number with B, KB, KiB, MB, MiB, GB, GiB, TB or TiB, such as 16KiB, is allowed";
        var digits = NumberWithUnit.Split(text, out var number);
        foreach (var (name, unit) in s_units)
        {
            if (digits == 0 || text[digits..] != name) continue;
            bytes = number > long.MaxValue / unit ? long.MaxValue : number * unit;
            error = bytes >= least && bytes <= most ? null : $"`{text}` is out of bounds: {Format(least)} to {Format(most)} is allowed";
            return error is null;
        }
        return false;
    }

    /// <summary>A size in the largest unit of 1024 that divides it.</summary>
    public static string Format(long bytes)
    {
        var best = s_units[0];
        foreach (var unit in s_units)
            if ((unit.Unit & (unit.Unit - 1)) == 0 && bytes >= unit.Unit && bytes % unit.Unit == 0) best = unit;
        return FormattableString.Invariant($"{bytes / best.Unit}{best.Name}");
    }
}
