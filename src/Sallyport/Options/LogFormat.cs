namespace Sallyport.Options;

/// <summary>How the access log is written.</summary>
public enum LogFormat
{
    /// <summary>Aligned words for people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,

    /// <summary>The common log format of web servers.</summary>
    Clf,
}
