namespace Sallyport.Firewall;

/// <summary>What a rule looks at. Few on purpose: each has one spelling in nft's text and one in its JSON.</summary>
internal enum PlanSubject
{
    /// <summary>The interface on which the packet arrived, by name, so that the rule holds before the interface exists.</summary>
    ArrivesOn,

    /// <summary>Connection tracking's state of the packet.</summary>
    ConnectionState,

    /// <summary>A field of a header: <see cref="PlanMatch.Protocol"/> and <see cref="PlanMatch.Field"/>.</summary>
    HeaderField,
}

/// <summary>One condition; several values mean any of them.</summary>
internal sealed record PlanMatch(PlanSubject Subject, IReadOnlyList<string> Values, string Protocol = "", string Field = "")
{
    public static PlanMatch ArrivesOn(string interfaceName) => new(PlanSubject.ArrivesOn, [interfaceName]);

    public static PlanMatch State(params string[] states) => new(PlanSubject.ConnectionState, states);

    public static PlanMatch Header(string protocol, string field, params IReadOnlyList<string> values) =>
        new(PlanSubject.HeaderField, values, protocol, field);
}

/// <summary>One rule: all conditions hold, then <see cref="Verdict"/> (<c>accept</c>, <c>drop</c>, or <c>goto</c> <see cref="Target"/>).</summary>
/// <remarks>The comment goes into the kernel with the rule, so that <c>nft list ruleset</c> explains itself.</remarks>
internal sealed record PlanRule(IReadOnlyList<PlanMatch> Matches, string Verdict, string Comment, string? Target = null);

/// <summary>One chain; with a hook it is where the kernel enters, without one it is reached by <c>goto</c>.</summary>
internal sealed record PlanChain(string Name, string? Hook, IReadOnlyList<PlanRule> Rules);
