using System.IO.Compression;
using System.Net.Sockets;
using Sallyport.Forwarding;
using Sallyport.Testing;
using Sallyport.Tests.Transport;
using Sallyport.Transport;
using Sallyport.Transport.Sockets;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Forwarding;

/// <summary>Bodies between two real connections, and how each way to break one is told.</summary>
public sealed class BodyStreamingTests : IAsyncLifetime
{
    private LoopRig _rig = null!;
    private TransportSocket _source = null!, _sink = null!;
    private Socket _sender = null!, _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await LoopRig.StartAsync(new SocketsLoop("bodies"));
        (_source, _sender) = await _rig.ConnectAsync();
        (_sink, _receiver) = await _rig.ConnectAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_long_counted_body_arrives_whole()
    {
        var body = Peers.Pattern(3_000_000);
        var running = Transfer(new BodyFraming(BodyKind.Counted, body.Length), chunkedOut: false);
        var sending = _sender.SendAsync(body);
        var arrived = await _receiver.ReceiveExactly(body.Length);
        Assert.True(body.AsSpan().SequenceEqual(arrived));
        Assert.Equal((BodyEnd.Complete, body.Length), await running);
        await sending;
    }

    [Fact]
    public async Task The_end_of_the_connection_ends_only_a_body_that_nothing_else_ends()
    {
        var running = Transfer(new BodyFraming(BodyKind.UntilClose, 0), chunkedOut: true);
        await _sender.SendAsync("abc"u8.ToArray());
        _sender.Shutdown(SocketShutdown.Send);
        Assert.Equal((BodyEnd.Complete, 3), await running);
        Assert.Equal("3\r\nabc\r\n0\r\n\r\n"u8.ToArray(), await _receiver.ReceiveExactly(13));
    }

    [Theory]
    [InlineData(BodyKind.Counted, false)]
    [InlineData(BodyKind.Chunked, false)]
    [InlineData(BodyKind.Counted, true)]
    [InlineData(BodyKind.Chunked, true)]
    [InlineData(BodyKind.UntilClose, true)]
    public async Task A_source_that_goes_too_early_has_truncated_it(BodyKind kind, bool resets)
    {
        var running = Transfer(new BodyFraming(kind, kind == BodyKind.Counted ? 10 : 0), chunkedOut: true);
        await _sender.SendAsync(kind == BodyKind.Chunked ? "5\r\nab"u8.ToArray() : "ab"u8.ToArray());
        Assert.Equal("2\r\nab\r\n"u8.ToArray(), await _receiver.ReceiveExactly(7));
        if (resets) _sender.Reset();
        else _sender.Shutdown(SocketShutdown.Send);
        Assert.Equal((BodyEnd.SourceTruncated, 2), await running);
        Assert.Equal(0, _receiver.Available);
    }

    [Fact]
    public async Task A_source_that_sends_nothing_times_out() =>
        Assert.Equal((BodyEnd.SourceTimedOut, 0), await Transfer(new BodyFraming(BodyKind.Counted, 10), chunkedOut: false, TimeSpan.FromMilliseconds(50)));

    [Fact]
    public async Task A_bad_chunk_is_the_sources_and_is_not_sent_on()
    {
        var running = Transfer(new BodyFraming(BodyKind.Chunked, 0), chunkedOut: true);
        await _sender.SendAsync("zz\r\n"u8.ToArray());
        Assert.Equal((BodyEnd.SourceMalformed, 0), await running);
    }

    [Fact]
    public async Task A_sink_that_has_gone_ends_it()
    {
        _receiver.Reset();
        Assert.True((await _rig.Readable(_sink)).IsOk);
        var running = Transfer(new BodyFraming(BodyKind.Counted, 10), chunkedOut: false);
        await _sender.SendAsync("abc"u8.ToArray());
        Assert.Equal(BodyEnd.SinkFailed, (await running).End);
    }

    [Theory]
    [InlineData(BodyKind.Counted)]
    [InlineData(BodyKind.Chunked)]
    [InlineData(BodyKind.UntilClose)]
    public async Task Gzip_content_is_decoded_whatever_its_framing(BodyKind kind)
    {
        var content = Peers.Pattern(200_000);
        var packed = Pack(content);
        byte[] wire = kind == BodyKind.Chunked ? [.. System.Text.Encoding.ASCII.GetBytes($"{packed.Length:x}\r\n"), .. packed, .. "\r\n0\r\n\r\n"u8] : packed;
        var running = Decode(new BodyFraming(kind, kind == BodyKind.Counted ? packed.Length : 0));
        await _sender.SendAsync(wire);
        _sender.Shutdown(SocketShutdown.Send);
        var (end, decoded) = await running;
        Assert.Equal(BodyEnd.Complete, end);
        Assert.True(content.AsSpan().SequenceEqual(decoded));
    }

    [Fact]
    public async Task Content_that_is_no_gzip_is_malformed()
    {
        var running = Decode(new BodyFraming(BodyKind.Counted, 20));
        await _sender.SendAsync("this is not gzip, no"u8.ToArray());
        Assert.Equal(BodyEnd.SourceMalformed, (await running).End);
    }

    [Fact]
    public async Task Gzip_content_that_ends_too_early_is_truncated()
    {
        var packed = Pack(Peers.Pattern(100_000));
        var running = Decode(new BodyFraming(BodyKind.Counted, packed.Length));
        await _sender.SendAsync(packed.AsMemory(0, packed.Length / 2), TestContext.Current.CancellationToken);
        _sender.Shutdown(SocketShutdown.Send);
        Assert.Equal(BodyEnd.SourceTruncated, (await running).End);
    }

    private static byte[] Pack(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress)) gzip.Write(content);
        return packed.ToArray();
    }

    private Task<(BodyEnd End, long Bytes)> Transfer(BodyFraming framing, bool chunkedOut, TimeSpan? timeout = null) => _rig.OnLoop(async () =>
    {
        var (input, output) = NewBuffers();
        var transfer = new BodyTransfer();
        transfer.Begin(input, output, framing, chunkedOut);
        var end = await transfer.RunAsync(_source, _sink, timeout ?? Deadline.Usual, Deadline.Usual);
        Assert.Equal(end, transfer.End);
        input.Release();
        output.Release();
        return (end, transfer.Bytes);
    });

    private Task<(BodyEnd End, byte[] Decoded)> Decode(BodyFraming framing) => _rig.OnLoop(async () =>
    {
        var (input, output) = NewBuffers();
        var decoded = new List<byte>();
        using var gzip = new GzipResponse(_source, input, framing, Deadline.Usual);
        var end = BodyEnd.Open;
        while (end == BodyEnd.Open)
        {
            end = await gzip.NextAsync(output, chunkedOut: false);
            Assert.True(_rig.Loop.IsCurrent);
            decoded.AddRange(output.Pending.Span);
            output.Clear();
        }
        Assert.Equal(decoded.Count, gzip.Bytes);
        input.Release();
        output.Release();
        return (end, decoded.ToArray());
    });

    private (InputBuffer Input, OutputBuffer Output) NewBuffers()
    {
        var (input, output) = (new InputBuffer(), new OutputBuffer());
        input.Attach(_rig.Loop);
        output.Attach(_rig.Loop);
        return (input, output);
    }
}
