using Sallyport.Firewall;
using Xunit;

namespace Sallyport.Tests.Firewall;

public sealed class OtherDecidersTests
{
    [Theory]
    [InlineData("ip", "nat", "nat", "prerouting", "let it through")]
    [InlineData("netdev", "early", "filter", "ingress", "let through")]
    [InlineData("ip", "raw", "filter", "prerouting", "let through")]
    [InlineData("ip", "filter", "filter", "input", "cannot let through")]
    [InlineData("inet", "docker", "filter", "forward", "cannot let through")]
    public void Chains_that_see_what_comes_from_outside_are_named_with_what_they_can_do(
        string family, string table, string type, string hook, string effect)
    {
        var found = Assert.Single(OtherDeciders.In(Ruleset(family, table, type, hook)));

        Assert.Equal($"{family} {table} c", found.Name);
        Assert.Contains(effect, found.Effect, StringComparison.Ordinal);
        Assert.Contains("policy drop", found.Effect, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inet", "sallyport", "filter", "input")]
    [InlineData("ip", "filter", "filter", "output")]
    [InlineData("ip", "nat", "nat", "postrouting")]
    public void The_own_table_and_what_only_leaves_are_not_named(string family, string table, string type, string hook) =>
        Assert.Empty(OtherDeciders.In(Ruleset(family, table, type, hook)));

    [Fact]
    public void A_flow_table_is_named()
    {
        var found = Assert.Single(OtherDeciders.In("""{"nftables":[{"flowtable":{"family":"inet","name":"fast","table":"t","hook":"ingress","prio":0}}]}"""));

        Assert.Equal("inet t fast", found.Name);
    }

    private static string Ruleset(string family, string table, string type, string hook) =>
        $$$"""
        {"nftables":[{"metainfo":{"version":"1"}},{"table":{"family":"{{{family}}}","name":"{{{table}}}"}},
        {"chain":{"family":"{{{family}}}","table":"{{{table}}}","name":"c","type":"{{{type}}}","hook":"{{{hook}}}","prio":0,"policy":"drop"}},
        {"chain":{"family":"{{{family}}}","table":"{{{table}}}","name":"without_a_hook"}}]}
        """;
}
