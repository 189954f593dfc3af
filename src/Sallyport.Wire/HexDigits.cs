namespace Sallyport.Wire;

/// <summary>Reads and writes plain hexadecimal digits, without the prefixes, blanks and NULs that the framework's parsers let pass.</summary>
public static class HexDigits
{
    /// <summary>The value of a hexadecimal digit in either case, or -1.</summary>
    public static int ValueOf(byte digit)
    {
        var number = digit - '0';
        if ((uint)number <= 9) return number;
        var letter = (digit | 0x20) - 'a';
        return (uint)letter <= 5 ? letter + 10 : -1;
    }

    /// <summary>Reads the whole of <paramref name="text"/> as one to sixteen digits.</summary>
    /// <returns>False if it is empty, longer, has any other byte, or is more than <see cref="long.MaxValue"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.Length is 0 or > 16) return false;
        ulong sum = 0;
        foreach (var b in text)
        {
            var digit = ValueOf(b);
            if (digit < 0) return false;
            sum = sum << 4 | (uint)digit;
        }
        if (sum > long.MaxValue) return false;
        value = (long)sum;
        return true;
    }

    /// <summary>Writes a number without leading zeros, in lower case.</summary>
    /// <returns>How many bytes were written (1-8); 0 if the destination is too small.</returns>
    public static int Write(Span<byte> destination, uint value)
    {
        var length = (35 - int.CreateTruncating(uint.LeadingZeroCount(value | 1))) >> 2;
        if (destination.Length < length) return 0;
        for (var i = length - 1; i >= 0; i--)
        {
            destination[i] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }
        return length;
    }
}
