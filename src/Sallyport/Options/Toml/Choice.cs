namespace Sallyport.Options.Toml;

/// <summary>One of a few words.</summary>
internal static class Choice
{
    public static TryParseText<T> Of<T>(params (string Word, T Value)[] choices) =>
        (string text, out T value, out string? error) =>
        {
            foreach (var choice in choices)
            {
                if (choice.Word != text) continue;
                value = choice.Value;
                error = null;
                return true;
            }
            var words = choices.Select(choice => choice.Word).ToList();
            var meant = Nearest.To(text, words) is { } near ? $", did you mean `{near}`?" : ":";
            value = choices[0].Value;
            error = $"`{text}` is not known{meant} allowed: {string.Join(", ", words)}";
            return false;
        };
}
