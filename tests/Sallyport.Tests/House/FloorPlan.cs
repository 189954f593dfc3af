using System.Text.RegularExpressions;

namespace Sallyport.Tests.House;

/// <summary>The rooms and doors drawn in <c>docs/architecture.md</c>: rows of <c>| Room | what for | may use |</c>.</summary>
internal sealed partial class FloorPlan
{
    private readonly Dictionary<string, HashSet<string>> _doors;

    private FloorPlan(Dictionary<string, HashSet<string>> doors) => _doors = doors;

    public IReadOnlyCollection<string> Rooms => _doors.Keys;

    /// <summary>Reads the table; a cell of doors lists rooms between commas, or holds a dash for none.</summary>
    /// <exception cref="FormatException">There is no table, or a room stands in it twice.</exception>
    public static FloorPlan Read(string document)
    {
        var doors = new Dictionary<string, HashSet<string>>();
        var rows = document.Split('\n').SkipWhile(line => !Heading().IsMatch(line)).Skip(2).TakeWhile(line => line.StartsWith('|'));
        foreach (var row in rows)
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length != 5) throw new FormatException($"found the row \"{row}\"; a row is | Room | what for | may use |");
            var room = cells[1].Trim('`');
            var uses = RoomName().Matches(cells[3]).Select(match => match.Value).ToHashSet();
            if (!doors.TryAdd(room, uses)) throw new FormatException($"the room {room} stands in the table twice");
        }
        return doors.Count > 0 ? new FloorPlan(doors) : throw new FormatException("found no table | Room | what for | may use |");
    }

    /// <summary>Doors that lead to rooms which the table does not have.</summary>
    public IEnumerable<string> DoorsToNowhere() =>
        from room in _doors
        from target in room.Value
        where !_doors.ContainsKey(target)
        select $"{room.Key} may use {target}, which is no room of the table";

    /// <summary>What a file of a room uses through no door. The name is the file's path below <c>src/Sallyport</c>.</summary>
    public IEnumerable<string> UndrawnDoors(string name, string text)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        // Files at the root put the rooms together: every door is theirs.
        if (slash < 0) yield break;
        var room = name[..slash];
        var allowed = _doors.GetValueOrDefault(room, []);
        foreach (var used in Mentioned().Matches(CommentLine().Replace(text, "")).Select(match => match.Groups[1].Value).Distinct())
            if (used != room && used != "Wire" && !allowed.Contains(used))
                yield return $"{name}: uses Sallyport.{used}, and docs/architecture.md draws no door from {room} to {used}";
    }

    [GeneratedRegex(@"^\|\s*Room\s*\|\s*what for\s*\|\s*may use\s*\|")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[A-Z]\w*")]
    private static partial Regex RoomName();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex CommentLine();

    [GeneratedRegex(@"\bSallyport\.([A-Z]\w*)")]
    private static partial Regex Mentioned();
}
