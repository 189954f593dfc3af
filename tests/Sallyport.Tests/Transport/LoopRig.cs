using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Sallyport.Testing;
using Sallyport.Transport;
using Xunit;

namespace Sallyport.Tests.Transport;

/// <summary>A loop that runs, a listener of its own, and a way to run code on its thread. At the end every socket is closed and every buffer must be back.</summary>
public sealed class LoopRig : IAsyncDisposable
{
    private readonly ConcurrentQueue<TransportSocket> _accepted = new();
    private readonly SemaphoreSlim _arrivals = new(0);
    private readonly List<TransportSocket> _subjects = [];
    private readonly List<Socket> _peers = [];
    private TransportListener? _listener;

    private LoopRig(TransportLoop loop) => Loop = loop;

    public TransportLoop Loop { get; }

    /// <summary>Where the loop's own listener listens: loopback, a port that the system picked.</summary>
    public IPEndPoint Address => _listener!.LocalEndPoint;

    public static async Task<LoopRig> StartAsync(TransportLoop loop)
    {
        loop.Start();
        var rig = new LoopRig(loop);
        await rig.OnLoop(() => rig._listener = loop.Listen(new IPEndPoint(IPAddress.Loopback, 0), 512, rig.Arrived, static _ => { }));
        return rig;
    }

    private void Arrived(TransportSocket socket)
    {
        _subjects.Add(socket);
        _accepted.Enqueue(socket);
        _arrivals.Release();
    }

    /// <summary>A connection: the loop's end, and the framework's socket on the other side.</summary>
    public async Task<(TransportSocket Subject, Socket Peer)> ConnectAsync()
    {
        var peer = Track(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        await peer.ConnectAsync(Address).Within("a connection to the loop's listener");
        return (await AcceptedAsync(), peer);
    }

    public async Task<TransportSocket> AcceptedAsync()
    {
        await _arrivals.WaitAsync().Within("an accepted connection");
        Assert.True(_accepted.TryDequeue(out var socket));
        return socket;
    }

    public Socket Track(Socket peer)
    {
        _peers.Add(peer);
        return peer;
    }

    /// <summary>A fresh socket of the loop, not connected. On the loop's thread.</summary>
    public TransportSocket CreateSocket(IPAddress towards)
    {
        Assert.Equal(IoStatus.Ok, Loop.TryCreateSocket(Sallyport.Wire.InternetAddress.From(towards), out var socket));
        _subjects.Add(socket!);
        return socket!;
    }

    public Task OnLoop(Action body) => OnLoop(() =>
    {
        body();
        return Task.FromResult(true);
    });

    /// <summary>Runs the body on the loop's thread and awaits its end. The body may await the loop's own operations only: whatever else would take it elsewhere, which fails.</summary>
    public Task<T> OnLoop<T>(Func<Task<T>> body)
    {
        var ended = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(() => _ = RunAsync(body, ended));
        return ended.Task.Within("code that runs on the loop");
    }

    private async Task RunAsync<T>(Func<Task<T>> body, TaskCompletionSource<T> ended)
    {
        try
        {
            var result = await body();
            Assert.True(Loop.IsCurrent, "The code left the loop's thread.");
            ended.SetResult(result);
        }
        catch (Exception failed)
        {
            ended.SetException(failed);
        }
    }

    /// <summary>One operation of a socket, begun and resumed on the loop.</summary>
    public Task<IoResult> Do(Func<ValueTask<IoResult>> operation) => OnLoop(async () => await operation());

    public Task<IoResult> Receive(TransportSocket socket, byte[] buffer, TimeSpan? timeout = null) =>
        Do(() => socket.ReceiveAsync(buffer, timeout ?? Deadline.Usual));

    public Task<IoResult> Send(TransportSocket socket, byte[] bytes, TimeSpan? timeout = null) =>
        Do(() => socket.SendAsync(bytes, timeout ?? Deadline.Usual));

    public Task<IoResult> Readable(TransportSocket socket, TimeSpan? timeout = null) =>
        Do(() => socket.ReadableAsync(timeout ?? Deadline.Usual));

    public async ValueTask DisposeAsync()
    {
        await OnLoop(() =>
        {
            _listener!.Close();
            foreach (var subject in _subjects) subject.Close();
        });
        foreach (var peer in _peers) peer.Dispose();
        await Deadline.Until(() => OnLoop(() => Task.FromResult(Loop.Buffers.Outstanding + Loop.LargeBuffers.Outstanding == 0)), "every buffer to come back");
        Loop.Stop();
        await Loop.Ended.Within("the end of the loop's thread");
        Loop.Dispose();
        _arrivals.Dispose();
    }
}
