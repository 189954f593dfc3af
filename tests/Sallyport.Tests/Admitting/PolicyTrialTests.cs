using Sallyport.Admitting;
using Sallyport.Options;
using Xunit;

namespace Sallyport.Tests.Admitting;

/// <summary><c>[[expect]]</c>: what holds is silent, and what does not names the rule that decides.</summary>
public sealed class PolicyTrialTests
{
    private const string Rules = """
        listen = ["127.0.0.1:8080"]
        [[destination]]
        name = "wiki"
        hosts = ["www.def.co.jp", "127.0.0.5"]
        ports = [80, 443]
        [[destination]]
        name = "pinned"
        hosts = ["pinned.def.co.jp"]
        address = "127.0.0.6"
        [[destination]]
        name = "confined"
        hosts = ["confined.def.co.jp"]
        networks = ["10.1.0.0/16"]
        [[allow]]
        from = ["203.0.113.0/24"]
        to = ["wiki", "pinned", "confined"]
        methods = ["GET", "CONNECT"]
        [[allow]]
        to = ["10.2.0.0/16:5432", "127.0.0.1:*"]

        """;

    [Theory]
    [InlineData("GET http://www.def.co.jp/page?x=1", "203.0.113.7", "allow")]
    [InlineData("GET HTTP://WWW.def.co.jp.:80", "::ffff:203.0.113.7", "allow")]
    [InlineData("www.def.co.jp:443", "203.0.113.7", "allow")]
    [InlineData("CONNECT www.def.co.jp:443", "203.0.113.7", "allow")]
    [InlineData("POST http://www.def.co.jp/", "203.0.113.7", "deny", "10.3.0.1")]
    [InlineData("GET http://www.def.co.jp:81/", "203.0.113.7", "deny", "10.3.0.1")]
    [InlineData("GET http://www.def.co.jp/", "203.0.114.7", "deny", "10.3.0.1")]
    [InlineData("GET http://127.0.0.5/", "203.0.113.7", "allow")]
    [InlineData("GET http://127.0.0.4/", "203.0.113.7", "deny")]
    [InlineData("pinned.def.co.jp:22", "203.0.113.7", "allow")]
    [InlineData("confined.def.co.jp:22", "203.0.113.7", "allow", "10.1.2.3")]
    [InlineData("confined.def.co.jp:22", "203.0.113.7", "deny", "10.2.2.3")]
    [InlineData("db.def.co.jp:5432", "198.51.100.1", "allow", "10.2.0.7")]
    [InlineData("db.def.co.jp:5432", "198.51.100.1", "allow", "10.9.0.7", "10.2.0.7")]
    [InlineData("db.def.co.jp:5432", "198.51.100.1", "deny", "10.3.0.7")]
    [InlineData("10.2.0.7:5432", "198.51.100.1", "allow")]
    [InlineData("127.0.0.1:22", "198.51.100.1", "allow")]
    // Our own listener, which no rule reaches.
    [InlineData("127.0.0.1:8080", "198.51.100.1", "deny")]
    public void What_holds_is_silent_and_its_opposite_is_an_error(string request, string from, string verdict, params string[] resolved)
    {
        Assert.Empty(Try(request, from, verdict, resolved));
        Assert.Single(Try(request, from, verdict == "allow" ? "deny" : "allow", resolved));
    }

    [Theory]
    [InlineData("GET http://www.def.co.jp/", "203.0.113.7", "deny",
        "relay.toml:20:3: expected `GET http://www.def.co.jp/` from 203.0.113.7 to be denied, but allow[0] of relay.toml:14 allows it")]
    [InlineData("10.3.0.1:5432", "203.0.113.7", "allow",
        "relay.toml:20:3: expected `10.3.0.1:5432` from 203.0.113.7 to be allowed, but it is denied (not-allowed): none of 2 rules matches")]
    [InlineData("127.0.0.1:8080", "203.0.113.7", "allow",
        "relay.toml:20:3: expected `127.0.0.1:8080` from 203.0.113.7 to be allowed, but it is denied (address-forbidden): allow[1] of relay.toml:18 matches, and its address may not be reached")]
    [InlineData("db.def.co.jp:5432", "203.0.113.7", "allow",
        "relay.toml:20:3: expected `db.def.co.jp:5432` from 203.0.113.7 to be allowed, but allow[1] of relay.toml:18 is over networks, and names are not resolved here: write what db.def.co.jp resolves to, such as resolves-to = [\"10.1.2.3\"]")]
    public void The_error_names_the_rule_that_decides(string request, string from, string verdict, string told) =>
        Assert.Equal(told, Assert.Single(Try(request, from, verdict)).ToString());

    [Theory]
    [InlineData("request = \"GET www.def.co.jp\"\nfrom = \"10.0.0.1\"\nverdict = \"allow\"", "`GET www.def.co.jp` is no request: METHOD URL")]
    [InlineData("request = \"www.def.co.jp\"\nfrom = \"10.0.0.1\"\nverdict = \"allow\"", "`www.def.co.jp` is no request")]
    [InlineData("request = \"GET http://a/ b\"\nfrom = \"10.0.0.1\"\nverdict = \"allow\"", "is no request")]
    [InlineData("request = \"GET https://a/\"\nfrom = \"10.0.0.1\"\nverdict = \"allow\"", "HOST:443")]
    [InlineData("request = \"get http://a/\"\nfrom = \"10.0.0.1\"\nverdict = \"allow\"", "write `GET`")]
    [InlineData("request = \"GET http://u@a/\"\nfrom = \"10.0.0.1\"\nverdict = \"allow\"", "is no request")]
    [InlineData("request = \"a:443\"\nfrom = \"10.0.0.0/8\"\nverdict = \"allow\"", "`10.0.0.0/8` is no address")]
    [InlineData("request = \"a:443\"\nfrom = \"10.0.0.1\"\nverdict = \"alow\"", "did you mean `allow`?")]
    [InlineData("request = \"a:443\"\nfrom = \"10.0.0.1\"\nverdict = \"allow\"\nresolves-to = []", "`resolves-to` is empty")]
    [InlineData("request = \"a:443\"\nfrom = \"10.0.0.1\"", "[[expect]] has no `verdict`")]
    public void What_cannot_be_read_is_told(string keys, string told) =>
        Assert.Contains(told, Assert.Single(ConfigurationReader.ReadText($"[[expect]]\n{keys}\n", "relay.toml").Errors).Message, StringComparison.Ordinal);

    private static IReadOnlyList<ConfigurationProblem> Try(string request, string from, string verdict, params string[] resolved)
    {
        var told = resolved.Length == 0 ? "" : $"resolves-to = [{string.Join(", ", resolved.Select(one => $"\"{one}\""))}]\n";
        var result = ConfigurationReader.ReadText($"{Rules}[[expect]]\nrequest = \"{request}\"\nfrom = \"{from}\"\nverdict = \"{verdict}\"\n{told}", "relay.toml");
        Assert.Equal([], result.Errors.Select(error => error.ToString()));
        return PolicyTrial.Run(result.Options!);
    }
}
