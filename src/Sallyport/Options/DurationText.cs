using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Options;

/// <summary>Durations as the configuration and the command line write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>, <c>2d</c>.</summary>
public static class DurationText
{
    private static readonly (string Name, TimeSpan Unit)[] s_units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads a whole number above zero with its unit, up to 365 days.</summary>
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        duration = default;
        error = null;
        var digits = NumberWithUnit.Split(text, out var number);
        foreach (var (name, unit) in s_units)
        {
            if (digits == 0 || text[digits..] != name || number is 0 || number > TimeSpan.FromDays(365) / unit) continue;
            duration = unit * number;
            return true;
        }
        error = $"`{text}` is no duration: a whole number from 1 with ms, s, m, h or d, such as 30s, up to 365d, is allowed";
        return false;
    }

    /// <summary>A duration in the largest unit that divides it; the notation that <see cref="TryParse"/> reads.</summary>
    public static string Format(TimeSpan duration)
    {
        var best = s_units[0];
        foreach (var unit in s_units)
            if (duration >= unit.Unit && duration.Ticks % unit.Unit.Ticks == 0) best = unit;
        return FormattableString.Invariant($"{duration.Ticks / best.Unit.Ticks}{best.Name}");
    }
}
