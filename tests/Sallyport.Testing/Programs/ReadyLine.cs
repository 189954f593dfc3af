using System.Net;

namespace Sallyport.Testing.Programs;

/// <summary>The one line on stdout with which the product says that it is ready: <c>sallyport ROLE ready on [NAME ]ADDR:PORT[ to HOST:PORT], ...</c></summary>
public sealed record ReadyLine
{
    private const string Marker = " ready on ";

    private readonly (string Name, IPEndPoint Endpoint)[] _listeners;

    private ReadyLine(string text, string role, (string, IPEndPoint)[] listeners) => (Text, Role, _listeners) = (text, role, listeners);

    /// <summary>The line as it was written.</summary>
    public string Text { get; }

    /// <summary><c>relay</c>, <c>agent</c>, <c>events</c> or <c>serve</c>.</summary>
    public string Role { get; }

    /// <summary>All bound addresses, in the order of the line.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => [.. _listeners.Select(listener => listener.Endpoint)];

    /// <summary>The address bound for a named listener, e.g. <c>socks</c>.</summary>
    /// <exception cref="InvalidOperationException">The line names no such listener.</exception>
    public IPEndPoint this[string name] => _listeners.FirstOrDefault(listener => listener.Name == name).Endpoint
        ?? throw new InvalidOperationException($"\"{Text}\" names no listener \"{name}\".");

    /// <summary>Reads the line; false for any other line.</summary>
    public static bool TryParse(string line, out ReadyLine? ready)
    {
        ArgumentNullException.ThrowIfNull(line);
        ready = null;
        var marker = line.IndexOf(Marker, StringComparison.Ordinal);
        if (!line.StartsWith("sallyport ", StringComparison.Ordinal) || marker < "sallyport ".Length) return false;
        var listeners = new List<(string, IPEndPoint)>();
        foreach (var entry in line[(marker + Marker.Length)..].Split(", "))
        {
            // A forwarded port also says where it leads.
            var words = entry.Split(" to ")[0].Split(' ');
            if (words.Length > 2 || !IPEndPoint.TryParse(words[^1], out var endpoint) || endpoint.Port == 0) return false;
            listeners.Add((words.Length == 2 ? words[0] : "", endpoint));
        }
        ready = new ReadyLine(line, line["sallyport ".Length..marker], [.. listeners]);
        return true;
    }
}
