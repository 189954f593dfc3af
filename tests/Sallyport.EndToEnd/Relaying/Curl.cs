using System.Net;
using Sallyport.Testing;
using Sallyport.Testing.Programs;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>curl as an application outside: it knows the proxy and nothing else, neither this machine's configuration nor its proxy variables.</summary>
internal static class Curl
{
    /// <summary>Runs curl through a relay or an agent to its end; whether it ended well is the caller's to say.</summary>
    public static Task<ProgramResult> ThroughAsync(IPEndPoint proxy, params string[] arguments) =>
        ThroughAsync(proxy, arguments, input: "");

    /// <summary>As <see cref="ThroughAsync(IPEndPoint, string[])"/>, with this on stdin.</summary>
    public static Task<ProgramResult> ThroughAsync(IPEndPoint proxy, string[] arguments, string input) =>
        ForeignProgram.RunAsync("curl", ["-q", "-sS", "--noproxy", "", "--proxy", $"http://{proxy}", .. arguments], input, limit: 2 * Deadline.Usual);
}
