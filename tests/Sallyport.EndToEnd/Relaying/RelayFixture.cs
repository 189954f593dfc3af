using Sallyport.Testing.Programs;
using Xunit;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>One relay for all tests of a class.</summary>
public abstract class RelayFixture(string transport) : IAsyncLifetime
{
    /// <summary>The relay, with the one rule <c>127.0.0.1:*</c>.</summary>
    public ProductProcess Relay { get; private set; } = null!;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync() => Relay = await TestRelay.StartAsync("--transport", transport);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Relay.DisposeAsync();
    }
}

/// <summary>The relay on the system's own transport, the default.</summary>
public sealed class UsualRelay() : RelayFixture("auto");

/// <summary>The relay on the portable transport.</summary>
public sealed class PortableRelay() : RelayFixture("sockets");
