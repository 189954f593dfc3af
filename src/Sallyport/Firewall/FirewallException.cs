namespace Sallyport.Firewall;

/// <summary>A firewall action that cannot be done, with a message for the administrator: what was found, and what is needed.</summary>
public sealed class FirewallException : Exception
{
    /// <summary>With the text to show.</summary>
    public FirewallException(string message)
        : base(message)
    {
    }

    /// <summary>With the text to show and what lies behind it.</summary>
    public FirewallException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>For the framework's conventions; prefer a message.</summary>
    public FirewallException()
    {
    }
}
