using System.Net;

namespace Sallyport;

/// <summary>What a reload changed of the listeners, with the ports as bound. Those in neither list stayed open all along.</summary>
public sealed record ListenerChanges(IReadOnlyList<IPEndPoint> Opened, IReadOnlyList<IPEndPoint> Closed);
