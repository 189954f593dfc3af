namespace Sallyport.Options.Toml;

/// <summary>Collects errors and warnings of one file, so that all are told at once.</summary>
internal sealed class Problems(string file)
{
    private readonly List<ConfigurationProblem> _errors = [];
    private readonly List<ConfigurationProblem> _warnings = [];

    public string File => file;

    public bool HasErrors => _errors.Count > 0;

    public IReadOnlyList<ConfigurationProblem> Errors => Sorted(_errors);

    public IReadOnlyList<ConfigurationProblem> Warnings => Sorted(_warnings);

    public void Error(TomlPlace place, string message) => _errors.Add(new ConfigurationProblem(file, place.Line, place.Column, message));

    public void Warn(TomlPlace place, string message) => _warnings.Add(new ConfigurationProblem(file, place.Line, place.Column, message));

    private static IReadOnlyList<ConfigurationProblem> Sorted(List<ConfigurationProblem> problems) =>
        [.. problems.Distinct().OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];
}
