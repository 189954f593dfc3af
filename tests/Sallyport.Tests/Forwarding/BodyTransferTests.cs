using System.Globalization;
using System.Text;
using CsCheck;
using Sallyport.Forwarding;
using Sallyport.Transport;
using Sallyport.Transport.Sockets;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Forwarding;

public sealed class BodyTransferTests : IDisposable
{
    private readonly TransportLoop _loop = new SocketsLoop("buffers only");

    public void Dispose() => _loop.Dispose();

    /// <summary>Any body in any framing, cut anywhere, comes out whole in the other framing, with the same count and not one byte behind it.</summary>
    [Fact]
    public void A_body_cut_anywhere_comes_out_whole() =>
        Gen.Select(Gen.Byte.Array[0, 5000].Array[0, 5], Gen.Int[0, 2], Gen.Bool, Gen.Int[1, 6000].Array[1, 8]).Sample((pieces, kind, chunkedOut, cuts) =>
        {
            byte[] body = [.. pieces.SelectMany(piece => piece)];
            var (framing, wire) = kind switch
            {
                0 => (new BodyFraming(BodyKind.Counted, body.Length), body),
                1 => (new BodyFraming(BodyKind.Chunked, 0), Chunked(pieces, "")),
                _ => (new BodyFraming(BodyKind.UntilClose, 0), body),
            };
            // What follows is the next message's: it must stay where it is.
            byte[] behind = kind == 2 ? [] : "NEXT"u8.ToArray();
            var (transfer, sent, left) = Move(framing, [.. wire, .. behind], cuts, chunkedOut);
            Assert.Equal(body.Length, transfer.Bytes);
            Assert.Equal(behind, left);
            Assert.Equal(kind == 2 ? BodyEnd.Open : BodyEnd.Complete, transfer.End);
            if (kind == 2 && chunkedOut) sent = [.. sent, .. "0\r\n\r\n"u8];
            Assert.Equal(body, chunkedOut ? Dechunk(sent).Body : sent);
        }, iter: 400, threads: 1);

    [Fact]
    public void Trailers_pass_and_are_cut_anywhere()
    {
        var wire = Chunked(["abc"u8.ToArray()], "X-Sum: 1\r\nY: 2\r\n");
        for (var cut = 1; cut < wire.Length; cut++)
        {
            var (transfer, sent, left) = Move(new BodyFraming(BodyKind.Chunked, 0), wire, [cut, wire.Length], chunkedOut: true);
            Assert.Equal((BodyEnd.Complete, 3), (transfer.End, transfer.Bytes));
            Assert.Empty(left);
            var (body, trailers) = Dechunk(sent);
            Assert.Equal("abc"u8.ToArray(), body);
            Assert.Equal("X-Sum: 1\r\nY: 2\r\n", trailers);
        }
    }

    [Fact]
    public void Nothing_is_held_back_to_fill_a_buffer()
    {
        var input = NewInput("3\r\nab"u8);
        var output = NewOutput();
        var transfer = new BodyTransfer();
        transfer.Begin(input, output, new BodyFraming(BodyKind.Chunked, 0), chunkedOut: true);
        transfer.Fill();
        Assert.Equal("2\r\nab\r\n", Encoding.ASCII.GetString(output.Pending.Span));
        Assert.Equal(BodyEnd.Open, transfer.End);
        input.Release();
        output.Release();
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("3\r\nabcd\r\n")]
    [InlineData("3\nabc\r\n")]
    public void A_chunk_that_is_none_is_malformed(string wire)
    {
        var (transfer, _, _) = Move(new BodyFraming(BodyKind.Chunked, 0), Encoding.ASCII.GetBytes(wire), [100], chunkedOut: true);
        Assert.Equal(BodyEnd.SourceMalformed, transfer.End);
    }

    [Theory]
    [InlineData(BodyKind.None, false, "")]
    [InlineData(BodyKind.None, true, "")]
    [InlineData(BodyKind.Counted, false, "")]
    [InlineData(BodyKind.Counted, true, "0\r\n\r\n")]
    public void A_body_of_nothing_is_complete_at_once(BodyKind kind, bool chunkedOut, string expected)
    {
        var (transfer, sent, left) = Move(new BodyFraming(kind, 0), "NEXT"u8.ToArray(), [4], chunkedOut);
        Assert.Equal((BodyEnd.Complete, 0), (transfer.End, transfer.Bytes));
        Assert.Equal(expected, Encoding.ASCII.GetString(sent));
        Assert.Equal("NEXT"u8.ToArray(), left);
    }

    [Fact]
    public void A_transfer_is_used_again_from_the_start()
    {
        var input = NewInput("abcdef"u8);
        var output = NewOutput();
        var transfer = new BodyTransfer();
        for (var turn = 0; turn < 2; turn++)
        {
            transfer.Begin(input, output, new BodyFraming(BodyKind.Counted, 3), chunkedOut: true);
            Assert.Equal((BodyEnd.Open, 0), (transfer.End, transfer.Bytes));
            transfer.Fill();
            Assert.Equal((BodyEnd.Complete, 3), (transfer.End, transfer.Bytes));
        }
        Assert.Equal("3\r\nabc\r\n0\r\n\r\n3\r\ndef\r\n0\r\n\r\n", Encoding.ASCII.GetString(output.Pending.Span));
        input.Release();
        output.Release();
    }

    /// <summary>Shows the transfer the bytes piece by piece and takes away what it puts out, as a connection would.</summary>
    private (BodyTransfer Transfer, byte[] Sent, byte[] Left) Move(BodyFraming framing, byte[] wire, int[] cuts, bool chunkedOut)
    {
        var input = NewInput([]);
        var output = NewOutput();
        var transfer = new BodyTransfer();
        transfer.Begin(input, output, framing, chunkedOut);
        var sent = new List<byte>();
        for (int at = 0, turn = 0; at < wire.Length || turn == 0; turn++)
        {
            var room = input.Room();
            var count = Math.Min(Math.Min(cuts[turn % cuts.Length], wire.Length - at), room.Length);
            wire.AsSpan(at, count).CopyTo(room.Span);
            input.Commit(count);
            at += count;
            transfer.Fill();
            sent.AddRange(output.Pending.Span);
            output.Clear();
        }
        var left = input.Unread.ToArray();
        input.Release();
        output.Release();
        Assert.Equal((0, 0), (_loop.Buffers.Outstanding, _loop.LargeBuffers.Outstanding));
        return (transfer, [.. sent], left);
    }

    private InputBuffer NewInput(ReadOnlySpan<byte> bytes)
    {
        var input = new InputBuffer();
        input.Attach(_loop);
        bytes.CopyTo(input.Room().Span);
        input.Commit(bytes.Length);
        return input;
    }

    private OutputBuffer NewOutput()
    {
        var output = new OutputBuffer();
        output.Attach(_loop);
        return output;
    }

    private static byte[] Chunked(byte[][] pieces, string trailers)
    {
        var wire = new List<byte>();
        foreach (var piece in pieces.Where(piece => piece.Length > 0))
        {
            wire.AddRange(Encoding.ASCII.GetBytes($"{piece.Length:X}\r\n"));
            wire.AddRange(piece);
            wire.AddRange("\r\n"u8);
        }
        wire.AddRange(Encoding.ASCII.GetBytes($"0\r\n{trailers}\r\n"));
        return [.. wire];
    }

    /// <summary>A reader of its own, so that writer and reader cannot be wrong together.</summary>
    private static (byte[] Body, string Trailers) Dechunk(byte[] wire)
    {
        var text = Encoding.Latin1.GetString(wire);
        var body = new List<byte>();
        for (var at = 0; ;)
        {
            var end = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = int.Parse(text[at..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            at = end + 2;
            if (size == 0)
            {
                Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
                return ([.. body], text[at..^2]);
            }
            body.AddRange(wire.AsSpan(at, size));
            Assert.Equal("\r\n", text.Substring(at + size, 2));
            at += size + 2;
        }
    }
}
