using System.Text;
using CsCheck;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

public sealed class ChunkedBodyReaderTests
{
    public static TheoryData<ChunkedCase> Valid => [.. ChunkedCase.Valid];

    public static TheoryData<ChunkedCase> Incomplete => [.. ChunkedCase.Incomplete];

    public static TheoryData<ChunkedCase> Invalid => [.. ChunkedCase.Invalid];

    [Theory]
    [MemberData(nameof(Valid), DisableDiscoveryEnumeration = true)]
    public void A_good_body_is_read_to_its_end_and_no_further(ChunkedCase body)
    {
        var expected = new ChunkedReading(ChunkStatus.Done, HeadFault.None, body.Data, body.Trailers, body.Bytes.Length, body.Name.StartsWith("forbidden", StringComparison.Ordinal));
        byte[] withNext = [.. body.Bytes, .. "GET / HTTP/1.1\r\n"u8];

        Assert.Equal(expected, InAnyPieces(withNext));
        Assert.Equal(expected, InAnyPieces(body.Bytes));
    }

    [Theory]
    [MemberData(nameof(Incomplete), DisableDiscoveryEnumeration = true)]
    public void A_body_without_its_end_is_never_done(ChunkedCase body) =>
        Assert.Equal(new ChunkedReading(ChunkStatus.NeedMore, HeadFault.None, body.Data, "", 0, false), InAnyPieces(body.Bytes));

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void A_broken_body_is_refused_where_it_breaks(ChunkedCase body) =>
        Assert.Equal(new ChunkedReading(ChunkStatus.Invalid, body.Fault, body.Data, "", 0, false), InAnyPieces(body.Bytes));

    [Fact]
    public void The_cases_reach_every_fault_of_the_coding()
    {
        var reached = ChunkedCase.Invalid.Select(c => c.Fault).ToHashSet();

        Assert.All(Enum.GetValues<HeadFault>().Where(f => f >= HeadFault.ChunkSizeMalformed), f => Assert.Contains(f, reached));
    }

    [Fact]
    public void Done_and_invalid_stay()
    {
        var reader = default(ChunkedBodyReader);
        Assert.Equal(ChunkStatus.Done, reader.Read("0\r\n\r\nmore"u8, out var consumed, out _));
        Assert.Equal(5, consumed);
        Assert.Equal(ChunkStatus.Done, reader.Read("more"u8, out consumed, out _));
        Assert.Equal(0, consumed);

        reader = default;
        Assert.Equal(ChunkStatus.Invalid, reader.Read("x"u8, out _, out _));
        Assert.Equal(ChunkStatus.Invalid, reader.Read("0\r\n\r\n"u8, out consumed, out _));
        Assert.Equal(0, consumed);
    }

    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(15, "f\r\n")]
    [InlineData(16, "10\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(int.MaxValue, "7fffffff\r\n")]
    public void A_size_is_written_as_the_reader_reads_it(int size, string line)
    {
        var bytes = new byte[ChunkedBodyReader.MaxSizeLineBytes];
        var written = ChunkedBodyReader.WriteSize(bytes, size);

        Assert.Equal(line, Encoding.ASCII.GetString(bytes, 0, written));
        Assert.Equal(0, ChunkedBodyReader.WriteSize(bytes.AsSpan(0, written - 1), size));
    }

    [Fact]
    public void A_size_of_nothing_is_not_written_because_it_would_end_the_body() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkedBodyReader.WriteSize(new byte[16], 0));

    [Fact]
    public void Whatever_is_written_in_chunks_reads_back_in_any_pieces() =>
        Gen.Select(Gen.Byte.Array[1, 40].Array[0, 8], Gen.Int[0, 500].Array[0, 6]).Sample((chunks, cuts) =>
        {
            var body = new List<byte>();
            var size = new byte[ChunkedBodyReader.MaxSizeLineBytes];
            foreach (var chunk in chunks)
            {
                body.AddRange(size.AsSpan(0, ChunkedBodyReader.WriteSize(size, chunk.Length)));
                body.AddRange(chunk);
                body.AddRange(ChunkedBodyReader.DataEnd);
            }
            body.AddRange(ChunkedBodyReader.End);
            byte[] bytes = [.. body];
            var reading = ChunkedReading.In(bytes, cuts.Where(c => c < bytes.Length).Order().Append(bytes.Length));
            return reading.Status == ChunkStatus.Done && reading.Data == Encoding.Latin1.GetString([.. chunks.SelectMany(c => c)]) && reading.Consumed == bytes.Length;
        });

    [Fact]
    public void A_mutated_body_never_throws_and_never_depends_on_its_pieces()
    {
        byte[][] seeds = [.. ChunkedCase.Valid.Concat(ChunkedCase.Invalid).Select(c => c.Bytes).Where(b => b.Length < 2000)];
        Gen.Select(Mutation.OneOf(seeds), Gen.Select(Gen.Int[0, 2000], Mutation.Byte).Array[1, 4], Gen.Int[0, 2000]).Sample((seed, changes, cut) =>
        {
            var bytes = Mutation.Apply(seed, changes);
            var whole = ChunkedReading.In(bytes, [bytes.Length]);
            return whole == ChunkedReading.In(bytes, Enumerable.Range(0, bytes.Length + 1))
                && whole == ChunkedReading.In(bytes, [Math.Min(cut, bytes.Length), bytes.Length]);
        });
    }

    /// <summary>The reading of the whole, after checking that byte by byte and every cut in two give the same.</summary>
    private static ChunkedReading InAnyPieces(byte[] bytes)
    {
        var whole = ChunkedReading.In(bytes, [bytes.Length]);
        Assert.Equal(whole, ChunkedReading.In(bytes, Enumerable.Range(0, bytes.Length + 1)));
        var stride = Math.Max(1, bytes.Length / 1000);
        for (var cut = 0; cut <= bytes.Length; cut += stride) Assert.Equal(whole, ChunkedReading.In(bytes, [cut, bytes.Length]));
        return whole;
    }
}
