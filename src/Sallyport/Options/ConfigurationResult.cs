namespace Sallyport.Options;

/// <summary>What reading a configuration came to: options, or every error in the file's order; warnings either way.</summary>
public sealed record ConfigurationResult
{
    internal ConfigurationResult(RelayOptions? options, Origins origins, IReadOnlyList<ConfigurationProblem> errors, IReadOnlyList<ConfigurationProblem> warnings) =>
        (Options, Origins, Errors, Warnings) = (options, origins, errors, warnings);

    /// <summary>The options; null if there is an error.</summary>
    public RelayOptions? Options { get; init; }

    /// <summary>Where each option comes from.</summary>
    public Origins Origins { get; }

    /// <summary>Every error, by line and column.</summary>
    public IReadOnlyList<ConfigurationProblem> Errors { get; }

    /// <summary>What holds but does nothing, by line and column.</summary>
    public IReadOnlyList<ConfigurationProblem> Warnings { get; }

    /// <summary>The same without options, because of these errors.</summary>
    public ConfigurationResult FailedBy(IReadOnlyList<ConfigurationProblem> errors) => new(null, Origins, [.. Errors, .. errors], Warnings);
}
