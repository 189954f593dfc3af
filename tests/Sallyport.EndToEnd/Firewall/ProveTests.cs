using System.Text.Json;
using Sallyport.Cli.Demo;
using Xunit;

namespace Sallyport.EndToEnd.Firewall;

/// <summary><c>sallyport firewall prove</c>, run in the namespace outside against a real wall.</summary>
public sealed class ProveTests
{
    [Theory]
    [InlineData(NamespaceTopology.WallOutsideAddress)]
    [InlineData(NamespaceTopology.WallOutsideAddress6)]
    public async Task Behind_the_plan_exactly_one_port_of_thousands_is_open(string wall)
    {
        await using var rig = await NamespaceRig.CreateAsync();
        foreach (var port in (int[])[22, 8080, 9000]) rig.Listen(rig.Topology.Wall, "::", port);
        await ApplyAsync(rig);

        // 10000 ports instead of all keep the test short; what is above them is dropped by the same rule.
        var proof = await NamespaceRig.SallyportAsync(
            rig.Topology.Outside, "firewall", "prove", "--target", wall, "--ports", "1-10000", "--expect", "8080");

        Assert.Equal(
            (0, "1 of 10000 ports open: 8080. Proof holds.\nThe others: 9999 silent (filtered), 0 closed (refused), 0 unreachable.\n"),
            (proof.ExitCode, proof.Output));
    }

    [Fact]
    public async Task Without_the_plan_every_port_is_looked_at_and_the_proof_fails()
    {
        await using var rig = await NamespaceRig.CreateAsync();
        foreach (var port in (int[])[22, 8080, 65535]) rig.Listen(rig.Topology.Wall, "::", port);

        var proof = await NamespaceRig.SallyportAsync(
            rig.Topology.Outside, "firewall", "prove", "--target", NamespaceTopology.WallOutsideAddress, "--expect", "8080", "-o", "json");

        Assert.Equal(1, proof.ExitCode);
        using var json = JsonDocument.Parse(proof.Output);
        Assert.False(json.RootElement.GetProperty("holds").GetBoolean());
        var target = json.RootElement.GetProperty("targets")[0];
        Assert.Equal([22, 8080, 65535], target.GetProperty("open").EnumerateArray().Select(port => port.GetInt32()));
        Assert.Equal(65535, target.GetProperty("probed").GetInt32());
        Assert.Equal(65532, target.GetProperty("closed").GetArrayLength());
    }

    [Fact]
    public async Task The_expected_port_without_a_relay_fails_the_proof()
    {
        await using var rig = await NamespaceRig.CreateAsync();
        await ApplyAsync(rig);

        var proof = await NamespaceRig.SallyportAsync(
            rig.Topology.Outside, "firewall", "prove", "--target", NamespaceTopology.WallOutsideAddress, "--ports", "8000-8100", "--expect", "8080");

        Assert.Equal(1, proof.ExitCode);
        Assert.StartsWith("0 of 101 ports open. Proof fails.\nExpected and not open: 8080.", proof.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_without_a_way_to_it_is_unreachable_and_no_proof()
    {
        await using var rig = await NamespaceRig.CreateAsync();

        var proof = await NamespaceRig.SallyportAsync(
            rig.Topology.Outside, "firewall", "prove", "--target", "198.51.100.1", "--ports", "8080", "--expect", "8080");

        Assert.Equal(1, proof.ExitCode);
        Assert.Contains("0 silent (filtered), 0 closed (refused), 1 unreachable.", proof.Output, StringComparison.Ordinal);
    }

    private static async Task ApplyAsync(NamespaceRig rig)
    {
        var result = await NamespaceRig.SallyportAsync(
            rig.Topology.Wall, "firewall", "apply", "--outside", NamespaceTopology.OutsideInterface, "--port", "8080");
        Assert.True(result.ExitCode == 0, result.Errors);
    }
}
