using BenchmarkDotNet.Attributes;
using Sallyport.Refusals;
using Sallyport.Reporting;
using Sallyport.Wire;

namespace Sallyport.Bench;

/// <summary>One line of the access log in each layout.</summary>
public class LogLineBench
{
    private readonly byte[] _buffer = new byte[2048];
    private readonly DateTimeOffset _at = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly InternetAddress _client = InternetAddress.TryParse("203.0.113.7", out var address) ? address : default;

    [Benchmark]
    public int Text()
    {
        var line = new LogLine(_buffer);
        LogLayouts.WriteText(ref line, Record());
        return line.Finish().Length;
    }

    [Benchmark]
    public int Json()
    {
        var line = new LogLine(_buffer);
        LogLayouts.WriteJson(ref line, Record());
        return line.Finish().Length;
    }

    [Benchmark]
    public int Clf()
    {
        var line = new LogLine(_buffer);
        LogLayouts.WriteClf(ref line, Record());
        return line.Finish().Length;
    }

    private ExchangeRecord Record() => new()
    {
        At = _at,
        Client = _client,
        ClientPort = 50123,
        Request = "GET http://www.def.co.jp/index.html"u8,
        Status = 200,
        Refusal = Refusal.None,
        Outcome = "forwarded",
        Rule = "allow[2]",
        BytesDown = 135,
        Duration = TimeSpan.FromMilliseconds(1.3),
    };
}
