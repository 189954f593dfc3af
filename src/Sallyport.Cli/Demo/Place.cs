namespace Sallyport.Cli.Demo;

/// <summary>Where a program of the demonstration runs.</summary>
internal enum Place
{
    /// <summary>The applications and the agent.</summary>
    Outside,

    /// <summary>The firewall, a device of its own.</summary>
    Wall,

    /// <summary>The relay, the destinations and the events.</summary>
    Inside,
}
