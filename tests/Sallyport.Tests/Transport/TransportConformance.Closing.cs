using System.Net.Sockets;
using Sallyport.Testing;
using Sallyport.Transport;
using Xunit;

namespace Sallyport.Tests.Transport;

public abstract partial class TransportConformance
{
    [Fact]
    public async Task Abort_sends_a_reset()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        await Rig.OnLoop(subject.Abort);
        Assert.Equal(SocketError.ConnectionReset, await peer.NextEnd());
    }

    [Fact]
    public async Task Close_ends_the_stream_in_order()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        Assert.True((await Rig.Send(subject, "bye"u8.ToArray())).IsOk);
        await Rig.OnLoop(subject.Close);
        Assert.Equal("bye"u8.ToArray(), await peer.ReceiveExactly(3));
        Assert.Null(await peer.NextEnd());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Closing_ends_what_waits_but_not_on_the_closers_stack(bool abort)
    {
        var (subject, _) = await Rig.ConnectAsync();
        var order = await Rig.OnLoop(async () =>
        {
            var seen = new List<string>();
            var receiving = NoteAsync(seen, "receive", () => subject.ReceiveAsync(new byte[16], Deadline.Usual));
            var sending = NoteAsync(seen, "send", () => subject.SendAsync(new byte[12 * 1024 * 1024], Deadline.Usual));
            if (abort) subject.Abort();
            else subject.Close();
            seen.Add("closed");
            await receiving;
            await sending;
            return seen;
        });
        Assert.Equal("closed", order[0]);
        Assert.Equal(["receive Closed", "send Closed"], order.Skip(1).Order());
    }

    private async Task NoteAsync(List<string> seen, string what, Func<ValueTask<IoResult>> operation)
    {
        var result = await operation();
        Assert.True(Rig.Loop.IsCurrent);
        seen.Add($"{what} {result.Status}");
    }

    [Fact]
    public async Task A_closed_socket_answers_every_operation_with_Closed()
    {
        var (subject, _) = await Rig.ConnectAsync();
        await Rig.OnLoop(subject.Close);
        await Rig.OnLoop(subject.Close);
        Assert.Equal(IoStatus.Closed, (await Rig.Receive(subject, new byte[1])).Status);
        Assert.Equal(IoStatus.Closed, (await Rig.Readable(subject)).Status);
        Assert.Equal(IoStatus.Closed, (await Rig.Send(subject, new byte[1])).Status);
        await Rig.OnLoop(() =>
        {
            subject.ShutdownSend();
            subject.CancelReceive();
            Assert.False(subject.IsQuiet());
            Assert.True(subject.IsClosed);
        });
    }

    [Fact]
    public async Task A_second_operation_on_one_side_is_refused_and_the_first_goes_on()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        var buffer = new byte[16];
        var receiving = Rig.Receive(subject, buffer);
        await Rig.OnLoop(() =>
        {
            AssertRefused(() => subject.ReceiveAsync(new byte[16], Deadline.Usual).AsTask());
            AssertRefused(() => subject.ReadableAsync(Deadline.Usual).AsTask());
        });
        await peer.SendAsync("first"u8.ToArray());
        Assert.Equal(new IoResult(IoStatus.Ok, 5), await receiving);
        Assert.Equal("first"u8.ToArray(), buffer[..5]);
    }

    private static void AssertRefused(Func<Task> operation)
    {
        try
        {
            _ = operation();
            Assert.Fail("The second operation was begun.");
        }
        catch (InvalidOperationException refused)
        {
            Assert.Contains("while Receive was under way", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Awaiting_one_result_twice_is_caught()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        var began = new TaskCompletionSource();
        var caught = Rig.OnLoop(async () =>
        {
            var receiving = subject.ReceiveAsync(new byte[16], Deadline.Usual);
            began.SetResult();
            await receiving;
            // The misuse is the point here: CA2012 warns of it.
#pragma warning disable CA2012
            return await Assert.ThrowsAsync<InvalidOperationException>(async () => await receiving);
#pragma warning restore CA2012
        });
        await began.Task.Within("the receive to begin");
        await peer.SendAsync("x"u8.ToArray());
        Assert.Contains("twice", (await caught).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receive_can_be_taken_back_and_the_socket_stays_good()
    {
        var (subject, peer) = await Rig.ConnectAsync();
        var receiving = Rig.Receive(subject, new byte[16]);
        await Rig.OnLoop(subject.CancelReceive);
        Assert.Contains((await receiving).Status, new[] { IoStatus.Closed, IoStatus.TimedOut });
        Assert.False(subject.IsClosed);
        await peer.SendAsync("after"u8.ToArray());
        Assert.Equal(new IoResult(IoStatus.Ok, 5), await Rig.Receive(subject, new byte[16]));
        Assert.True((await Rig.Send(subject, "too"u8.ToArray())).IsOk);
        Assert.Equal("too"u8.ToArray(), await peer.ReceiveExactly(3));
    }
}
