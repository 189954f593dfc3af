using Sallyport.Wire;

namespace Sallyport.Cli;

/// <summary>HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY with curl's meanings; the lower-case name goes first.</summary>
internal static class ProxyVariables
{
    /// <summary>The proxy for the target, or null for a direct connection.</summary>
    /// <exception cref="FormatException">The variable that applies is no http URL.</exception>
    public static Uri? For(Uri target, Func<string, string?> variable)
    {
        if (IsExempt(target, Read("no_proxy", variable))) return null;
        var name = $"{target.Scheme}_proxy";
        var value = Read(name, variable);
        if (value is null) (name, value) = ("all_proxy", Read("all_proxy", variable));
        if (value is null) return null;
        // As curl has it, a proxy without a scheme is an http one.
        var text = value.Contains("://", StringComparison.Ordinal) ? value : $"http://{value}";
        return Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme == "http"
            ? proxy
            : throw new FormatException($"{name} is '{value}'; http://HOST:PORT is allowed.");
    }

    private static string? Read(string name, Func<string, string?> variable)
    {
        var value = variable(name);
        if (string.IsNullOrEmpty(value)) value = variable(name.ToUpperInvariant());
        return string.IsNullOrEmpty(value) ? null : value;
    }

    // An entry names a host and all below it, with or without a leading dot, or a network; * alone is everything.
    private static bool IsExempt(Uri target, string? list)
    {
        if (list is null) return false;
        if (list.Trim() == "*") return true;
        var host = target.IdnHost.TrimEnd('.').Trim('[', ']');
        var isAddress = InternetAddress.TryParse(host, out var address);
        foreach (var written in list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var entry = written.Trim('[', ']', '.');
            if (entry.Length == 0) continue;
            if (isAddress)
            {
                if (InternetAddress.TryParse(entry, out var one) && one == address) return true;
                if (AddressRange.TryParse(entry, out var range) && range.Contains(address)) return true;
            }
            else if (string.Equals(host, entry, StringComparison.OrdinalIgnoreCase)
                || host.EndsWith($".{entry}", StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
