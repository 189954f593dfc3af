using System.Text.Json;

namespace Sallyport.Firewall;

/// <summary>Finds, in <c>nft -j list ruleset</c>, what besides the plan's own table decides about packets from outside.</summary>
/// <remarks>
/// In nftables a drop is final and an accept ends one chain only: no other filter chain can open what the plan closes, but any can close
/// what it opens. What comes before the filter (address rewriting, flow tables) can change what the filter sees, and so open.
/// </remarks>
internal static class OtherDeciders
{
    public static IReadOnlyList<OtherDecider> In(string rulesetJson)
    {
        using var document = JsonDocument.Parse(rulesetJson);
        var items = document.RootElement.GetProperty("nftables");
        var found = new List<OtherDecider>();
        foreach (var entry in items.EnumerateArray())
        {
            var item = entry.EnumerateObject().First();
            if (item.Name is not ("chain" or "flowtable") || IsOwn(item.Value)) continue;
            var name = $"{Text(item.Value, "family")} {Text(item.Value, "table")} {Text(item.Value, "name")}";
            if (item.Name == "flowtable") found.Add(new(name, "flow table: offloaded connections no longer pass the forward hook"));
            else if (Effect(item.Value) is { } effect) found.Add(new(name, effect));
        }
        return found;
    }

    private static bool IsOwn(JsonElement item) => Text(item, "family") == "inet" && Text(item, "table") == FirewallPlan.TableName;

    private static string? Effect(JsonElement chain)
    {
        var hook = Text(chain, "hook");
        var where = $"type {Text(chain, "type")}, hook {hook}, policy {(Text(chain, "policy") is { Length: > 0 } policy ? policy : "accept")}";
        return (Text(chain, "type"), hook) switch
        {
            (_, "") => null,
            ("nat", "prerouting") => $"{where}: can rewrite another port or address to an open one, and so let it through",
            (_, "prerouting" or "ingress") => $"{where}: can block, or rewrite before the filter and so let through",
            ("filter", "input" or "forward") => $"{where}: can also block; cannot let through what {FirewallPlan.TableName} drops",
            _ => null,
        };
    }

    private static string Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
