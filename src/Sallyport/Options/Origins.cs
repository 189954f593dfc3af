using System.Globalization;

namespace Sallyport.Options;

/// <summary>Where each value comes from: a place in the file, the command line, or else its default. Keys are paths: <c>limits.head</c>, <c>destination[0].hosts</c>.</summary>
public sealed class Origins
{
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Where the value of a key comes from: <c>FILE:LINE</c>, perhaps with the reference that it was written as; <c>command line</c>; or <c>default</c>.</summary>
    public string Of(string key) => _known.GetValueOrDefault(key, "default");

    /// <summary>Notes that the command line gave the value.</summary>
    public void SetByCommandLine(string key) => _known[key] = "command line";

    internal void SetByFile(string key, string file, int line) => _known[key] = string.Create(CultureInfo.InvariantCulture, $"{file}:{line}");

    /// <summary>Notes that the value was written as a reference, such as <c>${NAME}</c>.</summary>
    internal void AddReference(string key, string written) => _known[key] = $"{Of(key)}, by {written.ReplaceLineEndings(" ")}";
}
