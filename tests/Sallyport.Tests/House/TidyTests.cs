using System.Xml.Linq;
using Sallyport.Testing;
using Xunit;

namespace Sallyport.Tests.House;

/// <summary>The style that can be checked is checked; the rest is in <c>docs/architecture.md</c> and in the reader's eye.</summary>
public sealed class TidyTests
{
    [Fact]
    public void Every_file_of_the_project_is_tidy() => Assert.Empty(SourceFile.All().SelectMany(TidyRules.Offenses));

    [Fact]
    public void Every_package_is_argued_for_in_a_decision()
    {
        var decisions = Directory.GetFiles(Checkout.PathOf("docs/decisions"), "*.md").Select(File.ReadAllText).ToList();
        var packages = XDocument.Load(Checkout.PathOf("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => package.Attribute("Include")!.Value).ToList();
        Assert.NotEmpty(packages);
        Assert.Empty(packages.Where(package => !decisions.Any(text => text.Contains(package, StringComparison.Ordinal)))
            .Select(package => $"{package} is in Directory.Packages.props, and no file in docs/decisions names it"));
    }

    [Theory]
    [InlineData("internal static class Text" + "Helper;", "TextHelper")]
    [InlineData("public interface IStream" + "Manager", "IStreamManager")]
    [InlineData("/// <summary></" + "summary>", "<summary>")]
    [InlineData("/// <param name=\"a\">\n/// </" + "param>", "<param>")]
    [InlineData("// TO" + "DO later", "finish it")]
    [InlineData("var path = \"/wo" + "rk/x\";", "a path of one machine")]
    public void An_offense_is_found(string text, string told) =>
        Assert.Contains(told, Assert.Single(TidyRules.Offenses(new SourceFile("src/A.cs", text))), StringComparison.Ordinal);

    [Theory]
    [InlineData("class Data" + "base;")]
    [InlineData("/// <summary>Promises <see cref=\"A\"/>.</summary>")]
    public void What_only_looks_like_an_offense_is_let_be(string text) => Assert.Empty(TidyRules.Offenses(new SourceFile("src/A.cs", text)));

    [Theory]
    [InlineData(68, 0)]
    [InlineData(69, 1)]
    public void A_function_has_at_most_70_lines_with_its_braces(int lines, int offenses)
    {
        var body = string.Concat(Enumerable.Repeat("        Go();\n", lines));
        var text = $"public sealed class A\n{{\n    public void Go()\n    {{\n{body}    }}\n\n    public void Stay()\n    {{\n    }}\n}}\n";
        Assert.Equal(offenses, TidyRules.Offenses(new SourceFile("src/A.cs", text)).Count());
    }

    [Fact]
    public void A_file_has_at_most_350_lines()
    {
        Assert.Empty(TidyRules.Offenses(new SourceFile("src/A.cs", new string('\n', 349))));
        Assert.Contains("351 lines", Assert.Single(TidyRules.Offenses(new SourceFile("src/A.cs", new string('\n', 350)))), StringComparison.Ordinal);
    }
}
