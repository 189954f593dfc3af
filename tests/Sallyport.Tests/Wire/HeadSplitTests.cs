using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

/// <summary>The whole corpus, read whole, byte by byte, and cut in two at every position: the result never depends on the pieces.</summary>
public sealed class HeadSplitTests
{
    public static TheoryData<HeadCase, ReadStatus> Requests => Cases(HeadCorpus.ValidRequests, HeadCorpus.IncompleteRequests, HeadCorpus.InvalidRequests);

    public static TheoryData<HeadCase, ReadStatus> Responses => Cases(HeadCorpus.ValidResponses, HeadCorpus.IncompleteResponses, HeadCorpus.InvalidResponses);

    [Fact]
    public void The_corpus_reaches_every_fault_of_a_head()
    {
        var reached = HeadCorpus.InvalidRequests.Concat(HeadCorpus.InvalidResponses).Select(c => c.Fault).ToHashSet();

        Assert.All(Enum.GetValues<HeadFault>().Where(f => f != HeadFault.None && f < HeadFault.ChunkSizeMalformed), f => Assert.Contains(f, reached));
    }

    [Theory]
    [MemberData(nameof(Requests), DisableDiscoveryEnumeration = true)]
    public void A_request_reads_the_same_in_any_pieces(HeadCase head, ReadStatus status) => Compare(head, status, new RequestReading());

    [Theory]
    [MemberData(nameof(Responses), DisableDiscoveryEnumeration = true)]
    public void An_answer_reads_the_same_in_any_pieces(HeadCase head, ReadStatus status) => Compare(head, status, new ResponseReading());

    private static TheoryData<HeadCase, ReadStatus> Cases(IEnumerable<HeadCase> valid, IEnumerable<HeadCase> incomplete, IEnumerable<HeadCase> invalid)
    {
        var cases = new TheoryData<HeadCase, ReadStatus>();
        foreach (var head in valid) cases.Add(head, ReadStatus.Done);
        foreach (var head in incomplete) cases.Add(head, ReadStatus.NeedMore);
        foreach (var head in invalid) cases.Add(head, ReadStatus.Invalid);
        return cases;
    }

    private static void Compare(HeadCase head, ReadStatus status, HeadReading reading)
    {
        var bytes = head.Bytes;
        var whole = reading.ReadIn(bytes, [bytes.Length]);
        Assert.Equal((status, head.Fault), (reading.Status, reading.Fault));
        Assert.Equal(whole, reading.ReadIn(bytes, Enumerable.Range(0, bytes.Length + 1)));
        // Long heads repeat themselves: a stride keeps the suite quick and still cuts in and around every line.
        var stride = Math.Max(1, bytes.Length / 2000);
        for (var cut = 0; cut <= bytes.Length; cut += stride) Assert.Equal(whole, reading.ReadIn(bytes, [cut, bytes.Length]));
    }
}
