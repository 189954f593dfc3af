using System.Buffers;

namespace Sallyport.Wire;

/// <summary>Which bytes the grammar allows where (RFC 9110 section 5.6, RFC 9112 section 3.2, RFC 1123 names).</summary>
internal static class ByteClass
{
    private const byte Token = 1;
    private const byte Label = 2;
    private const byte QuotedText = 4;
    private const byte Text = 8;

    /// <summary>The bytes that end a field value, or spoil it: every control but the tab.</summary>
    public static readonly SearchValues<byte> Controls = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f"u8);

    /// <summary>The bytes of a request target: visible ASCII but <c>#</c>, for a fragment is never sent.</summary>
    public static readonly SearchValues<byte> Target = SearchValues.Create(
        "!\"$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private static ReadOnlySpan<byte> Table =>
    [
         0,  0,  0,  0,  0,  0,  0,  0,  0, 12,  0,  0,  0,  0,  0,  0,
         0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
        12, 13,  8, 13, 13, 13, 13, 13, 12, 12, 13, 13, 12, 15, 13, 12,
        15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 12, 12, 12, 12, 12, 12,
        12, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
        15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 12,  8, 12, 13, 15,
        13, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
        15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 12, 13, 12, 13,  0,
        12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
        12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
        12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
        12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
        12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
        12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
        12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
        12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
    ];

    /// <summary>tchar: methods, field names, codings, connection options.</summary>
    public static bool IsToken(byte b) => (Table[b] & Token) != 0;

    /// <summary>A byte of a DNS label as this product takes it: letters, digits, hyphen, underscore.</summary>
    public static bool IsLabel(byte b) => (Table[b] & Label) != 0;

    /// <summary>qdtext: what may stand between quotes without a backslash.</summary>
    public static bool IsQuotedText(byte b) => (Table[b] & QuotedText) != 0;

    /// <summary>HTAB, SP, VCHAR or obs-text: field values, reason phrases, and what a backslash may quote.</summary>
    public static bool IsText(byte b) => (Table[b] & Text) != 0;

    /// <summary>Whether all bytes are tchar and there is at least one.</summary>
    public static bool IsTokenRun(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (!IsToken(b)) return false;
        }
        return !text.IsEmpty;
    }
}
