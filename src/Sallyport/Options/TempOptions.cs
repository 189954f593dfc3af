namespace Sallyport.Options;
public enum LogFormat { Text, Json, Clf }
public sealed record TimeoutOptions
{
    public TimeSpan Head { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(120);
    public TimeSpan TunnelIdle { get; init; } = TimeSpan.FromHours(1);
    public TimeSpan Resolve { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan Body { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);
}
public sealed record LimitOptions
{
    public int HeadBytes { get; init; } = 65536;
    public int Fields { get; init; } = 100;
    public int TargetBytes { get; init; } = 16384;
    public int FieldBytes { get; init; } = 16384;
    public int Connections { get; init; } = 10000;
    public int PerSource { get; init; } = 1000;
    public int Lookups { get; init; } = 64;
}
