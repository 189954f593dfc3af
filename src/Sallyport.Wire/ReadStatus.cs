namespace Sallyport.Wire;

/// <summary>How far a reader came with the bytes it was shown.</summary>
public enum ReadStatus : byte
{
    /// <summary>Nothing is wrong so far, and more bytes have to come.</summary>
    NeedMore,

    /// <summary>The message part is complete.</summary>
    Done,

    /// <summary>The bytes can never become a valid message; the reader's fault tells why.</summary>
    Invalid,
}
