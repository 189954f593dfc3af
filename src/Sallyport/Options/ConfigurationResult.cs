namespace Sallyport.Options;

/// <summary>What reading a configuration came to: options, or every error in the file's order; warnings either way.</summary>
public sealed record ConfigurationResult
{
    internal ConfigurationResult(RelayOptions? options, IReadOnlyList<ConfigurationProblem> errors, IReadOnlyList<ConfigurationProblem> warnings) =>
        (Options, Errors, Warnings) = (options, errors, warnings);

    /// <summary>The options; null if there is an error.</summary>
    public RelayOptions? Options { get; }

    /// <summary>Every error, by line and column.</summary>
    public IReadOnlyList<ConfigurationProblem> Errors { get; }

    /// <summary>What holds but does nothing, by line and column.</summary>
    public IReadOnlyList<ConfigurationProblem> Warnings { get; }
}
