namespace Sallyport.Events;

/// <summary>Whole numbers as the protocol writes them: decimal digits, no sign, no leading zero.</summary>
internal static class PlainNumber
{
    /// <summary>2^53-1, the largest number that every client counts exactly (Durable Streams section 5.2.1).</summary>
    public const long LargestExact = (1L << 53) - 1;

    public static bool TryParse(ReadOnlySpan<char> text, long largest, out long value)
    {
        value = 0;
        if (text.Length is 0 or > 18 || (text.Length > 1 && text[0] == '0')) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = value * 10 + (c - '0');
        }
        return value <= largest;
    }
}
