namespace Sallyport.Wire;

/// <summary>Reads plain decimal numbers: digits only, without sign, blank, separator or NUL, which the framework's own parsers let pass.</summary>
public static class DecimalDigits
{
    /// <summary>How many digits may follow the leading zeros: every number of so many fits a <see cref="long"/> and can be added to another.</summary>
    public const int MaxDigits = 18;

    /// <summary>Reads the whole of <paramref name="text"/> as 1*DIGIT (RFC 9110 section 8.6).</summary>
    /// <returns>False if it is empty, has any other byte, or has more than <see cref="MaxDigits"/> digits after its leading zeros.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty) return false;
        if (text.Length > MaxDigits)
        {
            var zeros = text.IndexOfAnyExcept((byte)'0');
            if (zeros < 0) return true;
            text = text[zeros..];
            if (text.Length > MaxDigits) return false;
        }
        long sum = 0;
        foreach (var b in text)
        {
            var digit = (uint)(b - '0');
            if (digit > 9) return false;
            sum = sum * 10 + digit;
        }
        value = sum;
        return true;
    }
}
