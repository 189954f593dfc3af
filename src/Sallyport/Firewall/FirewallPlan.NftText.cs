using System.Text;

namespace Sallyport.Firewall;

public sealed partial class FirewallPlan
{
    /// <summary>The plan as a complete nft script, for a human to review and for <c>nft -f</c>; loading it gives the rules that <see cref="ToNftJson"/> gives.</summary>
    public string ToNftText()
    {
        var text = new StringBuilder();
        text.Append("#!/usr/sbin/nft -f\n");
        text.Append("# Sallyport firewall plan. Open from outside: ").Append(Opening).Append("; nothing else.\n");
        text.Append("# Only what arrives on ").Append(Outside).Append(" is filtered. Destinations are not in here: adding one changes no line.\n");
        // Adding before deleting makes the deletion good on the first load too; the whole file is one transaction.
        text.Append("add table inet ").Append(TableName).Append('\n');
        text.Append("delete table inet ").Append(TableName).Append('\n');
        text.Append("table inet ").Append(TableName).Append(" {\n");
        var separator = "";
        foreach (var chain in _chains)
        {
            text.Append(separator);
            AppendChain(text, chain);
            separator = "\n";
        }
        text.Append("}\n");
        return text.ToString();
    }

    private static void AppendChain(StringBuilder text, PlanChain chain)
    {
        text.Append("\tchain ").Append(chain.Name).Append(" {\n");
        if (chain.Hook is { } hook) text.Append("\t\ttype filter hook ").Append(hook).Append(" priority filter; policy accept;\n");
        foreach (var rule in chain.Rules)
        {
            text.Append("\t\t");
            foreach (var match in rule.Matches) AppendMatch(text, match);
            text.Append(rule.Verdict);
            if (rule.Target is { } target) text.Append(' ').Append(target);
            text.Append(" comment \"").Append(rule.Comment).Append("\"\n");
        }
        text.Append("\t}\n");
    }

    private static void AppendMatch(StringBuilder text, PlanMatch match)
    {
        _ = match.Subject switch
        {
            PlanSubject.ArrivesOn => text.Append("iifname \"").Append(match.Values[0]).Append('"'),
            PlanSubject.ConnectionState => text.Append("ct state ").AppendJoin(',', match.Values),
            _ when match.Values.Count == 1 => text.Append(match.Protocol).Append(' ').Append(match.Field).Append(' ').Append(match.Values[0]),
            _ => text.Append(match.Protocol).Append(' ').Append(match.Field).Append(" { ").AppendJoin(", ", match.Values).Append(" }"),
        };
        text.Append(' ');
    }
}
