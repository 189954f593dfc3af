using Sallyport.EndToEnd.Relaying;
using Sallyport.Testing;
using Sallyport.Testing.Programs;

namespace Sallyport.EndToEnd.Limits;

/// <summary>A relay with limits of the test's own, and the one rule that opens loopback.</summary>
internal static class LimitedRelay
{
    /// <summary>Starts it with these lines of configuration behind the rule.</summary>
    public static Task<ProductProcess> StartAsync(TemporaryFolder folder, string sections) =>
        TestRelay.StartConfiguredAsync(folder, $"[[allow]]\nto = [\"127.0.0.1:*\"]\n{sections}");
}
