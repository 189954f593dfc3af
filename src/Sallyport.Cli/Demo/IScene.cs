namespace Sallyport.Cli.Demo;

/// <summary>One scene: it does something, and claims what came of it.</summary>
internal interface IScene
{
    string Title { get; }

    /// <summary>Whether it is about the firewall, which loopback does not have.</summary>
    bool NeedsWall { get; }

    /// <exception cref="DemoException">Something that the scene needs did not come about.</exception>
    Task PlayAsync(Stage stage, SceneRecord record, CancellationToken cancellation);
}
