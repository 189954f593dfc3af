using CsCheck;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

public sealed class HeadMutationTests
{
    private static readonly byte[][] Requests = [.. HeadCorpus.ValidRequests.Concat(HeadCorpus.InvalidRequests).Select(c => c.Bytes).Where(b => b.Length < 2000)];

    private static readonly byte[][] Responses = [.. HeadCorpus.ValidResponses.Concat(HeadCorpus.InvalidResponses).Select(c => c.Bytes).Where(b => b.Length < 2000)];

    [Fact]
    public void A_mutated_request_never_throws_and_never_depends_on_its_pieces() => SampleMutations(Requests, static () => new RequestReading());

    [Fact]
    public void A_mutated_answer_never_throws_and_never_depends_on_its_pieces() => SampleMutations(Responses, static () => new ResponseReading());

    [Fact]
    public void Random_bytes_never_throw() =>
        Gen.Select(Mutation.Byte.Array[0, 200], Gen.Bool).Sample((bytes, isRequest) =>
        {
            HeadReading reading = isRequest ? new RequestReading() : new ResponseReading();
            return reading.ReadIn(bytes, [bytes.Length]) == reading.ReadIn(bytes, Enumerable.Range(0, bytes.Length + 1));
        });

    [Fact]
    public void What_is_accepted_and_written_again_is_accepted_and_the_same() =>
        Gen.Select(Mutation.OneOf(Requests), Gen.Select(Gen.Int[0, 2000], Mutation.Byte).Array[0, 3]).Sample((seed, changes) =>
        {
            var bytes = Mutation.Apply(seed, changes);
            var head = new RequestHead();
            if (head.Read(bytes, HeadLimits.Default) != ReadStatus.Done) return true;
            var copy = new byte[bytes.Length];
            var writer = new HeadWriter(copy);
            writer.Write(head.RequestLine.Of(bytes));
            writer.Write("\r\n"u8);
            foreach (var field in head.Fields) writer.WriteField(field, bytes);
            writer.Write("\r\n"u8);
            var skipped = head.RequestLine.Start;
            return !writer.Overflowed && copy.AsSpan(0, writer.Written).SequenceEqual(bytes.AsSpan(skipped, head.Length - skipped));
        });

    private static void SampleMutations(byte[][] seeds, Func<HeadReading> create) =>
        Gen.Select(Mutation.OneOf(seeds), Gen.Select(Gen.Int[0, 2000], Mutation.Byte).Array[1, 4], Gen.Int[0, 2000]).Sample((seed, changes, cut) =>
        {
            var bytes = Mutation.Apply(seed, changes);
            var reading = create();
            var whole = reading.ReadIn(bytes, [bytes.Length]);
            return whole == reading.ReadIn(bytes, Enumerable.Range(0, bytes.Length + 1))
                && whole == reading.ReadIn(bytes, [Math.Min(cut, bytes.Length), bytes.Length]);
        });
}
