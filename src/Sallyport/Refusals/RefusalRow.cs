namespace Sallyport.Refusals;

/// <summary>What one refusal shows.</summary>
/// <param name="Status">The HTTP status; 0 for <see cref="Refusal.None"/>. 503 goes with Retry-After, 407 with Proxy-Authenticate.</param>
/// <param name="ProxyStatusError">The error token of Proxy-Status (RFC 9209 section 2.3), or null where the table has none.</param>
/// <param name="LogWord">One kebab-case word, the same in the log, in metrics and in <c>why</c>.</param>
/// <param name="Reason">One sentence for people; it reveals no inside name or address.</param>
public sealed record RefusalRow(ushort Status, string? ProxyStatusError, string LogWord, string Reason);
