using System.Net;
using Sallyport.Listening;
using Sallyport.Options;
using Sallyport.Transport;

namespace Sallyport;

/// <summary>One address that is listened on: as it was asked for, as it is bound, and each loop's own socket on it.</summary>
/// <param name="Asked">The address of the settings; its port may be 0.</param>
/// <param name="Role">What connections to it are for.</param>
/// <param name="Address">The address as bound, with the port that was picked.</param>
/// <param name="PerLoop">One socket for each loop, in the loops' order; each is its loop's own.</param>
/// <param name="Lock">What keeps other processes off the port; null where there is no such thing.</param>
internal sealed record OpenListener(ListenAddress Asked, ListenerRole Role, IPEndPoint Address, IReadOnlyList<TransportListener> PerLoop, ListenLock? Lock);
