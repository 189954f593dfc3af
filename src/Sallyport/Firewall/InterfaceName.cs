namespace Sallyport.Firewall;

/// <summary>The grammar of a network interface's name as it may stand in a rule.</summary>
/// <remarks>
/// Narrower than the kernel's own (anything but blanks, <c>/</c> and <c>:</c>), so that no name can end a quoted string, start a
/// comment or be read as a pattern: nft takes a trailing <c>*</c> for "any name that begins so".
/// </remarks>
public static class InterfaceName
{
    /// <summary>What Linux allows: IFNAMSIZ less the closing zero.</summary>
    public const int MaxLength = 15;

    /// <summary>Why the name cannot be the outside interface; null when it can.</summary>
    public static string? Refusal(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaxLength) return $"it has {name.Length} characters; 1 to {MaxLength} are allowed";
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return $"it contains {Describe(c)}; letters, digits, '.', '_' and '-' are allowed";
        }
        if (name is "." or "..") return "Linux does not allow that name";
        if (name == "lo") return "lo is the loopback interface, on which nothing arrives from outside";
        return null;
    }

    private static string Describe(char c) => c is > ' ' and < '\x7f' ? $"'{c}'" : $"U+{(int)c:X4}";
}
