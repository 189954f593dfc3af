namespace Sallyport.Wire;

/// <summary>How large a head may be before it is refused with 414 or 431 (RFC 9110 section 5.4, RFC 9112 section 3).</summary>
/// <param name="MaxHeadBytes">The whole head in bytes, with its blank line and any blank lines skipped before it.</param>
/// <param name="MaxFields">How many field lines.</param>
/// <param name="MaxTargetBytes">The request target in bytes.</param>
/// <param name="MaxFieldBytes">One field line, or a status line, in bytes without its CRLF.</param>
public readonly record struct HeadLimits(int MaxHeadBytes, int MaxFields, int MaxTargetBytes, int MaxFieldBytes)
{
    /// <summary>64 KiB, 100 fields, and 16 KiB for the target and for each field; the target alone may be twice the 8,000 bytes that RFC 9112 section 3 asks of a whole request line.</summary>
    public static HeadLimits Default => new(65536, 100, 16384, 16384);
}
