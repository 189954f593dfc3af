using System.Globalization;

namespace Sallyport.Options;

/// <summary>One thing wrong, or doubtful, in a configuration file. Lines and columns count from one.</summary>
public sealed record ConfigurationProblem(string File, int Line, int Column, string Message)
{
    /// <summary><c>file:line:column: message</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}
