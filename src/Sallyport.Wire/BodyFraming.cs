namespace Sallyport.Wire;

/// <summary>Where a message's body ends.</summary>
/// <param name="Kind">How its end is told.</param>
/// <param name="Length">Bytes, for <see cref="BodyKind.Counted"/>; 0 for every other kind. A counted body may be 0 long, which is not the same as none: the Content-Length is to be sent on.</param>
public readonly record struct BodyFraming(BodyKind Kind, long Length);
