namespace Sallyport.Transport;

/// <summary>A listener could not take connections for a moment; it pauses and goes on by itself.</summary>
/// <param name="Reason">What the operating system said, for people.</param>
/// <param name="Pause">How long accepting rests.</param>
public readonly record struct AcceptTrouble(string Reason, TimeSpan Pause);
