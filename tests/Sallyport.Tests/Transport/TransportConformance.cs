using System.Net.Sockets;
using Sallyport.Testing;
using Sallyport.Transport;
using Xunit;

namespace Sallyport.Tests.Transport;

/// <summary>What every transport promises, shown with real sockets on loopback. Each test ends with all buffers back (see <see cref="LoopRig"/>).</summary>
public abstract partial class TransportConformance : IAsyncLifetime
{
    protected LoopRig Rig { get; private set; } = null!;

    protected abstract TransportLoop NewLoop();

    public async ValueTask InitializeAsync() => Rig = await LoopRig.StartAsync(NewLoop());

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Rig is null ? default : Rig.DisposeAsync();
    }

    [Fact]
    public async Task What_the_peer_sends_is_received()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        var buffer = new byte[64];
        var receiving = Rig.Receive(subject, buffer);
        await peer.SendAsync("hello"u8.ToArray());
        Assert.Equal(new IoResult(IoStatus.Ok, 5), await receiving);
        Assert.Equal("hello"u8.ToArray(), buffer[..5]);
    }

    [Fact]
    public async Task What_has_come_before_is_received_at_once_and_in_pieces()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        await peer.SendAsync("abcdef"u8.ToArray());
        var text = await Rig.OnLoop(async () =>
        {
            var collected = new List<byte>();
            var piece = new byte[4];
            while (collected.Count < 6)
            {
                var received = await subject.ReceiveAsync(piece, Deadline.Usual);
                Assert.True(Rig.Loop.IsCurrent);
                Assert.True(received.IsOk);
                collected.AddRange(piece[..received.Bytes]);
            }
            return collected;
        });
        Assert.Equal("abcdef"u8.ToArray(), text);
    }

    [Fact]
    public async Task More_than_the_sockets_hold_is_sent_whole_to_a_slow_reader()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        var bytes = Peers.Pattern(12 * 1024 * 1024);
        var sending = Rig.Send(subject, bytes);
        var first = await peer.ReceiveExactly(1024);
        await Deadline.Until(() => peer.Available > 0 || sending.IsCompleted, "more than one piece");
        Assert.False(sending.IsCompleted, "12 MiB fitted into the buffers of two sockets.");
        var rest = await peer.ReceiveExactly(bytes.Length - 1024);
        Assert.Equal(new IoResult(IoStatus.Ok, bytes.Length), await sending);
        Assert.True(bytes.AsSpan().SequenceEqual((byte[])[.. first, .. rest]));
    }

    [Fact]
    public async Task Both_sides_of_a_socket_work_at_the_same_time()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        var bytes = Peers.Pattern(8 * 1024 * 1024);
        var sending = Rig.Send(subject, bytes);
        var buffer = new byte[8];
        var receiving = Rig.Receive(subject, buffer);
        await peer.SendAsync("up"u8.ToArray());
        Assert.Equal(2, (await receiving).Bytes);
        var arrived = await peer.ReceiveExactly(bytes.Length);
        Assert.True(bytes.AsSpan().SequenceEqual(arrived));
        Assert.True((await sending).IsOk);
    }

    [Fact]
    public async Task The_end_of_the_peers_stream_is_told_each_time_it_is_asked_for()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        await peer.SendAsync("x"u8.ToArray());
        peer.Shutdown(SocketShutdown.Send);
        var buffer = new byte[16];
        Assert.Equal(new IoResult(IoStatus.Ok, 1), await Rig.Receive(subject, buffer));
        Assert.Equal(new IoResult(IoStatus.EndOfStream), await Rig.Receive(subject, buffer));
        Assert.Equal(new IoResult(IoStatus.EndOfStream), await Rig.Receive(subject, buffer));
    }

    [Fact]
    public async Task Sending_goes_on_after_the_peers_stream_has_ended()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        peer.Shutdown(SocketShutdown.Send);
        Assert.Equal(IoStatus.EndOfStream, (await Rig.Receive(subject, new byte[16])).Status);
        Assert.True((await Rig.Send(subject, "late"u8.ToArray())).IsOk);
        Assert.Equal("late"u8.ToArray(), await peer.ReceiveExactly(4));
    }

    [Fact]
    public async Task Receiving_goes_on_after_our_stream_has_ended()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        await Rig.OnLoop(subject.ShutdownSend);
        Assert.Null(await peer.NextEnd());
        await peer.SendAsync("answer"u8.ToArray());
        var buffer = new byte[16];
        Assert.Equal(new IoResult(IoStatus.Ok, 6), await Rig.Receive(subject, buffer));
    }

    [Fact]
    public async Task A_reset_is_seen_as_one_by_who_receives()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        var receiving = Rig.Receive(subject, new byte[16]);
        peer.Reset();
        Assert.Equal(IoStatus.Reset, (await receiving).Status);
    }

    [Fact]
    public async Task A_reset_is_seen_as_one_by_who_sends()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        var sending = Rig.Send(subject, new byte[12 * 1024 * 1024]);
        await peer.ReceiveExactly(1);
        peer.Reset();
        Assert.Equal(IoStatus.Reset, (await sending).Status);
    }

    [Fact]
    public async Task The_peers_address_is_known()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        Assert.Equal(peer.LocalEndPoint, new System.Net.IPEndPoint(subject.RemoteAddress.ToIPAddress(), subject.RemotePort));
        Assert.True(subject.RemoteAddress.IsV4);
    }
}
