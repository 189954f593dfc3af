namespace Sallyport.Options;

/// <summary>The number in front of a unit.</summary>
internal static class NumberWithUnit
{
    /// <summary>Reads leading decimal digits, at most 12 of them.</summary>
    /// <returns>How many digits there are; 0 for none or too many.</returns>
    public static int Split(string text, out long number)
    {
        var digits = 0;
        number = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]) && digits <= 12) number = number * 10 + (text[digits++] - '0');
        return digits > 12 ? 0 : digits;
    }
}
