using Sallyport.Testing.Programs;
using Xunit;

namespace Sallyport.EndToEnd.Relaying;

/// <summary>Programs that are not ours: a test without them is skipped, with the reason.</summary>
internal static class Installed
{
    /// <summary>Goes on if all of them are there.</summary>
    public static void OrSkip(params string[] programs)
    {
        var reason = ForeignProgram.ReasonToSkip(programs);
        Assert.SkipWhen(reason is not null, reason ?? "");
    }
}
