using Sallyport.Testing;
using Xunit;

namespace Sallyport.Tests.House;

/// <summary><c>docs/patent-map.md</c> leaves nothing of the patent out, and names only what there is.</summary>
public sealed class PatentMapTests
{
    private const string Good = "| 1 | wall | [`Plan`](../src/Walls/Plan.cs) | `Walls/PlanTests.It_holds` |";

    private static readonly SourceFile[] s_files =
    [
        new("src/Walls/Plan.cs", "namespace Walls;\n\npublic sealed partial class Plan\n{\n}\n"),
        new("tests/A.EndToEnd/Walls/PlanTests.cs", "public sealed class PlanTests\n{\n    [Fact]\n    public async Task It_holds()\n    {\n    }\n}\n"),
    ];

    private static PatentMap Map => PatentMap.Read(File.ReadAllText(Checkout.PathOf("docs/patent-map.md")));

    [Theory]
    [InlineData("Parts", "1 2 3a-3c 4 5 21 22 23 41a-c 42 101-109 201 202 210 211 212 213 214 215 216 217 218 219 301 302 401 402")]
    [InlineData("Figures", "1 2 3 4 5 6 7 8 9 10 11 12")]
    [InlineData("Claims", "1 2 3 4 5 6 7 8 9 10")]
    public void Every_number_of_the_patent_has_a_row(string section, string numbers) => Assert.Equal(numbers.Split(' '), Map.Numbers(section));

    [Fact]
    public void Every_row_names_types_and_tests_that_exist() =>
        Assert.Empty(Map.Faults([.. SourceFile.CSharp("src"), .. SourceFile.CSharp("tests")]));

    [Fact]
    public void A_row_whose_names_exist_has_no_fault() => Assert.Empty(PatentMap.Read(Good).Faults(s_files));

    [Theory]
    [InlineData("[`Plan`]", "[`Plans`]", "found the type Plans")]
    [InlineData("Plan.cs", "Planned.cs", "found the type Plan at src/Walls/Planned.cs")]
    [InlineData("It_holds", "It_held", "found the test Walls/PlanTests.It_held")]
    [InlineData("PlanTests", "PlansTests", "found the test Walls/PlansTests.It_holds")]
    [InlineData("`Walls/PlanTests", "`Doors/PlanTests", "found the test Doors/PlanTests.It_holds")]
    [InlineData("[`Plan`](../src/Walls/Plan.cs)", "Plan", "names no type")]
    [InlineData("`Walls/PlanTests.It_holds`", "PlanTests", "names no test")]
    public void A_row_that_names_what_is_not_there_is_found(string right, string wrong, string told) =>
        Assert.Contains(told, Assert.Single(PatentMap.Read(Good.Replace(right, wrong, StringComparison.Ordinal)).Faults(s_files)), StringComparison.Ordinal);

    [Theory]
    [InlineData("no table")]
    [InlineData(Good + "\n| 2 | door | - |")]
    public void A_map_that_cannot_be_read_is_refused(string document) => Assert.Throws<FormatException>(() => PatentMap.Read(document));
}
