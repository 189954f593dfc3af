namespace Sallyport.Cli.Demo;

/// <summary>Something that the demonstration needs did not come about; the message says what was expected and what was seen instead.</summary>
internal sealed class DemoException(string message) : Exception(message);
