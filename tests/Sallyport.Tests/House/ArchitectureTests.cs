using Sallyport.Testing;
using Xunit;

namespace Sallyport.Tests.House;

/// <summary>The plan in <c>docs/architecture.md</c> and the code in <c>src/Sallyport</c> are one house.</summary>
public sealed class ArchitectureTests
{
    private const string Plan = """
        | Room | what for | may use |
        |---|---|---|
        | Options | settings | - |
        | `Routing` | where to | Options |
        """;

    private static FloorPlan House => FloorPlan.Read(File.ReadAllText(Checkout.PathOf("docs/architecture.md")));

    [Fact]
    public void The_rooms_of_the_plan_are_the_folders_of_the_engine() =>
        Assert.Equal(
            new DirectoryInfo(Checkout.PathOf("src/Sallyport")).GetDirectories()
                .Where(folder => folder.EnumerateFiles("*.cs", SearchOption.AllDirectories).Any())
                .Select(folder => folder.Name).Order(StringComparer.Ordinal),
            House.Rooms.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_door_leads_to_a_room() => Assert.Empty(House.DoorsToNowhere());

    [Fact]
    public void No_room_is_used_through_an_undrawn_door()
    {
        var house = House;
        Assert.Empty(SourceFile.CSharp("src/Sallyport")
            .SelectMany(file => house.UndrawnDoors(Path.GetRelativePath("src/Sallyport", file.Name), file.Text)));
    }

    [Theory]
    [InlineData("Routing/Router.cs", "using Sallyport.Options;\nusing Sallyport.Wire;", 0)]
    [InlineData("Routing/Deep/Router.cs", "// As Sallyport.Events does it.\nnamespace Sallyport.Routing.Deep;", 0)]
    [InlineData("Options/Reader.cs", "using Sallyport.Routing;", 1)]
    [InlineData("Options/Reader.cs", "global using R = Sallyport.Routing.Router;", 1)]
    [InlineData("Options/Reader.cs", "var router = new Sallyport.Routing.Router();", 1)]
    [InlineData("Unplanned/A.cs", "using Sallyport.Options;", 1)]
    [InlineData("Relay.cs", "using Sallyport.Routing;", 0)]
    public void An_undrawn_door_is_found(string name, string text, int doors) =>
        Assert.Equal(doors, FloorPlan.Read(Plan).UndrawnDoors(name, text).Count());

    [Fact]
    public void A_door_to_nowhere_is_found() =>
        Assert.Single(FloorPlan.Read(Plan + "\n| Dialing | connects | Options, Transport |").DoorsToNowhere());

    [Theory]
    [InlineData("no table")]
    [InlineData(Plan + "\n| Options | again | - |")]
    [InlineData(Plan + "\n| Dialing | - |")]
    public void A_plan_that_cannot_be_read_is_refused(string document) => Assert.Throws<FormatException>(() => FloorPlan.Read(document));
}
