using Sallyport.Listening;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Listening;

public sealed class ConnectionCensusTests
{
    private static readonly InternetAddress One = InternetAddress.FromV4(0xC0000201), Two = InternetAddress.FromV4(0xC0000202);

    [Fact]
    public void A_source_has_its_own_limit()
    {
        var census = new ConnectionCensus(maxConnections: 10, maxPerSource: 2);
        Assert.True(census.TryEnter(One));
        Assert.True(census.TryEnter(One));
        Assert.False(census.TryEnter(One));
        Assert.True(census.TryEnter(Two));
        Assert.Equal(3, census.Connections);
        census.Leave(One);
        Assert.True(census.TryEnter(One));
        Assert.False(census.TryEnter(One));
    }

    [Fact]
    public void All_sources_together_have_one_too()
    {
        var census = new ConnectionCensus(maxConnections: 2, maxPerSource: 10);
        Assert.True(census.TryEnter(One));
        Assert.True(census.TryEnter(Two));
        Assert.False(census.TryEnter(One));
        Assert.Equal(2, census.Connections);
        census.Leave(Two);
        Assert.True(census.TryEnter(One));
    }

    [Fact]
    public async Task Threads_that_come_and_go_leave_it_empty_and_never_above_its_limit()
    {
        const int limit = 3;
        var census = new ConnectionCensus(maxConnections: 100, maxPerSource: limit);
        var inside = 0;
        var tooMany = 0;
        var entered = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (!census.TryEnter(One)) continue;
                Interlocked.Increment(ref entered);
                if (Interlocked.Increment(ref inside) > limit) Interlocked.Increment(ref tooMany);
                Interlocked.Decrement(ref inside);
                census.Leave(One);
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Equal((0, 0), (tooMany, census.Connections));
        Assert.True(entered > 0);
        for (var i = 0; i < limit; i++) Assert.True(census.TryEnter(One));
        Assert.False(census.TryEnter(One));
    }
}
