using BenchmarkDotNet.Attributes;
using Sallyport.Tests.Wire;
using Sallyport.Wire;

namespace Sallyport.Bench;

/// <summary>Heads, read whole: what a client usually sends, what a browser sends, and every good head of the corpus.</summary>
public class HeadBench
{
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();
    private readonly byte[] _small = Sample.SmallRequest;
    private readonly byte[] _browser = HeadCorpus.ValidRequests.Single(request => request.Name == "browser").Bytes;
    private readonly byte[] _answer = Sample.Answer;
    private readonly byte[][] _requests = [.. HeadCorpus.ValidRequests.Select(request => request.Bytes)];
    private readonly byte[][] _answers = [.. HeadCorpus.ValidResponses.Select(response => response.Bytes)];

    [Benchmark]
    public ReadStatus SmallRequest() => Read(_small);

    [Benchmark]
    public ReadStatus BrowserRequest() => Read(_browser);

    [Benchmark]
    public ReadStatus AnswerOfNginx() => ReadAnswer(_answer);

    /// <summary>One operation reads the whole corpus.</summary>
    [Benchmark]
    public int EveryGoodHead()
    {
        var done = 0;
        foreach (var request in _requests)
            if (Read(request) == ReadStatus.Done) done++;
        foreach (var answer in _answers)
            if (ReadAnswer(answer) == ReadStatus.Done) done++;
        return done == _requests.Length + _answers.Length ? done : throw new InvalidOperationException($"only {done} heads were read");
    }

    private ReadStatus Read(byte[] bytes)
    {
        _request.Reset();
        return _request.Read(bytes, HeadLimits.Default);
    }

    private ReadStatus ReadAnswer(byte[] bytes)
    {
        _response.Reset();
        return _response.Read(bytes, HeadLimits.Default, toHead: false, toConnect: false);
    }
}
