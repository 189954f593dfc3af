namespace Sallyport.Options.Toml;

/// <summary>Finds what a misspelt word was likely meant to be.</summary>
internal static class Nearest
{
    /// <summary>The nearest of the words, if it is at most two letters away and less than half the word; else null.</summary>
    public static string? To(string word, IEnumerable<string> words)
    {
        var best = words.Select(known => (known, distance: Distance(word, known))).OrderBy(pair => pair.distance).FirstOrDefault();
        return best.known is not null && best.distance <= 2 && best.distance * 2 <= word.Length ? best.known : null;
    }

    /// <summary>Letters to insert, remove or replace (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
