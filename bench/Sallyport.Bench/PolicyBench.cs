using BenchmarkDotNet.Attributes;
using Sallyport.Admitting;
using Sallyport.Options;
using Sallyport.Wire;

namespace Sallyport.Bench;

/// <summary>Admitting by the last of some rules: how much the rules before it cost.</summary>
public class PolicyBench
{
    private readonly InternetAddress _client = Address("203.0.113.7");
    private readonly Destination _name = new("www.def.co.jp", 80);
    private readonly Destination _literal = new("10.1.2.3", 5432);
    private readonly Destination _unknown = new("www.elsewhere.test", 80);
    private Policy _policy = Policy.Empty;

    [Params(1, 10, 100)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Compile()
    {
        var before = Enumerable.Range(1, Rules - 1).Select(i => Rule($"host{i}.def.co.jp:443"));
        _policy = new Policy([], [.. before, new AllowRule { Name = "last", Patterns = [Pattern("*.def.co.jp:80"), Pattern("10.0.0.0/8:*")] }], OwnAddresses.None);
        if (Name().Kind != AdmissionKind.Admitted || Literal().Kind != AdmissionKind.Admitted) throw new InvalidOperationException("the last rule admits nothing");
    }

    [Benchmark]
    public Admission Name() => _policy.Admit(_client, _name, "GET"u8);

    [Benchmark]
    public Admission Literal() => _policy.Admit(_client, _literal, "CONNECT"u8);

    /// <summary>A name that only a network could admit, so its addresses are asked for.</summary>
    [Benchmark]
    public Admission Unknown() => _policy.Admit(_client, _unknown, "GET"u8);

    private static AllowRule Rule(string pattern) => AllowRule.FromCommandLine(Pattern(pattern));

    private static AllowPattern Pattern(string text) => AllowPattern.TryParse(text, out var pattern, out var error) ? pattern : throw new ArgumentException(error);

    private static InternetAddress Address(string text) => InternetAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text);
}
