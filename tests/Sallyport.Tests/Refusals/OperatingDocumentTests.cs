using Sallyport.Refusals;
using Sallyport.Testing;
using Sallyport.Tunneling;
using Xunit;

namespace Sallyport.Tests.Refusals;

/// <summary>The words of the log in <c>docs/operating.md</c> are those of the code.</summary>
public sealed class OperatingDocumentTests
{
    private static readonly string[] s_lines = File.ReadAllLines(Checkout.PathOf("docs/operating.md"));

    [Fact]
    public void The_table_of_refusals_is_the_table_of_the_code()
    {
        var rows = Enum.GetValues<Refusal>().Where(refusal => refusal != Refusal.None).Select(RefusalTable.Of)
            .Select(row => $"| `{row.LogWord}` | {row.Status} | {(row.ProxyStatusError is { } error ? $"`{error}`" : "-")} | {row.Reason} |");
        Assert.Equal(rows, s_lines.SkipWhile(line => line != "| word | status | Proxy-Status | what it says |").Skip(2).TakeWhile(line => line.StartsWith('|')));
    }

    [Fact]
    public void Every_end_of_a_tunnel_has_its_row() =>
        Assert.All(Enum.GetValues<TunnelEnd>(), end => Assert.Contains(s_lines, line => line.StartsWith($"| `{TunnelEndWord.For(end)}` |", StringComparison.Ordinal)));
}
