namespace Sallyport.Testing;

/// <summary>The checkout that the tests were built in.</summary>
public static class Checkout
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The folder that holds the solution.</summary>
    /// <exception cref="InvalidOperationException">The tests run outside of any checkout.</exception>
    public static string Root => Found.Value;

    /// <summary>The full path of a file or folder named from the root, with <c>/</c> between the parts.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Sallyport.slnx")))
                return folder.FullName;
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Sallyport.slnx: run the tests from a checkout.");
    }
}
