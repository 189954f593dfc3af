using System.Globalization;

namespace Sallyport.Load;

/// <summary>Reads the numbers of the command line.</summary>
internal static class Argument
{
    /// <summary>A port, a count or whole seconds.</summary>
    /// <exception cref="ArgumentException">It is no whole number from 1 to 1,000,000.</exception>
    public static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 1_000_000
            ? number
            : throw new ArgumentException($"found `{text}`; a whole number from 1 to 1000000 is allowed");
}
