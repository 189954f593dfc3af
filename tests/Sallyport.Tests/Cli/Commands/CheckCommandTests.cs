using Sallyport.Cli.Commands;
using Xunit;

namespace Sallyport.Tests.Cli.Commands;

public sealed class CheckCommandTests
{
    [Fact]
    public void A_good_file_is_summed_up()
    {
        var (code, output, errors) = Check("[[destination]]\nname = 'wiki'\nhosts = ['w.def']\n[[allow]]\nto = ['wiki']\n[[allow]]\nto = ['*:443']\n");
        Assert.Equal((0, "FILE: good: 1 destinations, 2 rules\n", ""), (code, output, errors));
    }

    [Fact]
    public void Warnings_do_not_fail()
    {
        var (code, output, errors) = Check("[[destination]]\nname = 'wiki'\nhosts = ['w.def']\n");
        Assert.Equal((0, "FILE: good: 1 destinations, 0 rules\n"), (code, output));
        Assert.Equal(
            "FILE:1:3: warning: nothing can reach the destination \"wiki\": no `to` names it\nFILE: warning: no rule allows anything, so everything will be refused\n",
            errors);
    }

    [Fact]
    public void Every_error_is_a_line()
    {
        var (code, output, errors) = Check("name = 1\nlimit = 2\n");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("FILE:1:8: `name` is 1: a string is allowed\nFILE:2:1: `limit` is not known here, did you mean `limits`? allowed: ", errors);
        Assert.Equal(2, errors.Count(c => c == '\n'));
    }

    private static (int Code, string Output, string Errors) Check(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
            var code = CheckCommand.Run(file, output, errors);
            return (code, output.ToString().Replace(file, "FILE"), errors.ToString().Replace(file, "FILE"));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
