using System.Buffers.Text;
using System.Globalization;
using System.Text.Unicode;
using Sallyport.Wire;

namespace Sallyport.Reporting;

/// <summary>Writes one line into a span. What comes from outside is escaped (CWE-117): every byte outside 0x20-0x7e, the quote and the backslash become <c>\xNN</c>.</summary>
internal ref struct LogLine(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer[..^1];
    private readonly Span<byte> _whole = buffer;
    private int _length;

    public void Raw(scoped ReadOnlySpan<byte> text)
    {
        var count = Math.Min(text.Length, _buffer.Length - _length);
        text[..count].CopyTo(_buffer[_length..]);
        _length += count;
    }

    /// <summary>Text of our own, known to be harmless.</summary>
    public void Raw(string text)
    {
        Utf8.FromUtf16(text, _buffer[_length..], out _, out var written);
        _length += written;
    }

    public void Number(long value)
    {
        if (Utf8Formatter.TryFormat(value, _buffer[_length..], out var written)) _length += written;
    }

    public void Address(InternetAddress address)
    {
        if (!address.IsV4)
        {
            Raw(address.ToString());
            return;
        }
        var bits = address.V4Bits;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            Number(bits >> shift & 255);
            if (shift > 0) Raw("."u8);
        }
    }

    /// <summary>An exchange's id.</summary>
    public void Id(ulong id)
    {
        Span<byte> text = stackalloc byte[ExchangeId.MaxLength];
        Raw(text[..ExchangeId.Write(text, id)]);
    }

    /// <summary>RFC 3339, UTC, milliseconds.</summary>
    public void Time(DateTimeOffset at)
    {
        if (at.UtcDateTime.TryFormat(_buffer[_length..], out var written, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)) _length += written;
    }

    /// <summary>Milliseconds with one decimal.</summary>
    public void Milliseconds(TimeSpan duration)
    {
        var tenths = duration.Ticks / (TimeSpan.TicksPerMillisecond / 10);
        Number(tenths / 10);
        Raw("."u8);
        Number(tenths % 10);
    }

    /// <summary>Text from outside; <paramref name="also"/> is one more byte to escape, 0 for none.</summary>
    public void Escaped(scoped ReadOnlySpan<byte> text, byte also)
    {
        foreach (var b in text)
        {
            if (b is >= 0x20 and <= 0x7e and not (byte)'\\' && b != also)
            {
                if (_length >= _buffer.Length) return;
                _buffer[_length++] = b;
                continue;
            }
            if (_length + 4 > _buffer.Length) return;
            "\\x"u8.CopyTo(_buffer[_length..]);
            _buffer[_length + 2] = "0123456789abcdef"u8[b >> 4];
            _buffer[_length + 3] = "0123456789abcdef"u8[b & 15];
            _length += 4;
        }
    }

    /// <summary>The line with its line feed, which always has room.</summary>
    public readonly ReadOnlySpan<byte> Finish()
    {
        _whole[_length] = (byte)'\n';
        return _whole[..(_length + 1)];
    }
}
