namespace Sallyport.Testing.Raw;

/// <summary>How the other side ended its direction of a connection.</summary>
public enum Ending
{
    /// <summary>Not yet.</summary>
    None,

    /// <summary>In order: FIN; everything it sent has been received.</summary>
    Finished,

    /// <summary>Abruptly: RST.</summary>
    Reset,
}
