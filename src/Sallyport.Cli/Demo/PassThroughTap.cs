using System.Net;
using System.Net.Sockets;

namespace Sallyport.Cli.Demo;

/// <summary>
/// On loopback, where packets cannot be watched without root: stands before a server, passes every byte in both directions, and keeps
/// the first bytes of each connection.
/// </summary>
internal sealed class PassThroughTap : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly HeadCollector _heads = new();
    private readonly Task _accepting;

    /// <summary>Listens at a port that the system picks on the target's address.</summary>
    public PassThroughTap(IPEndPoint target)
    {
        _target = target;
        _listener = new TcpListener(target.Address, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Listening => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The first head, past or to come, whose request line contains the text.</summary>
    public Task<byte[]> HeadAsync(string marker, CancellationToken cancellation) => _heads.FindAsync(marker, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_ending.Token)));
                passing.RemoveAll(done => done.IsCompleted);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The demonstration is over.
        }
        await Task.WhenAll(passing);
    }

    private async Task PassAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient(_target.AddressFamily);
        try
        {
            await far.ConnectAsync(_target, _ending.Token);
            await Task.WhenAll(CopyAsync(near.Client, far.Client, _heads.NewFlow()), CopyAsync(far.Client, near.Client, null));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // One side went away, which closing both tells the other.
        }
    }

    private async Task CopyAsync(Socket from, Socket to, HeadCollector.Flow? flow)
    {
        var buffer = new byte[64 << 10];
        while (await from.ReceiveAsync(buffer, _ending.Token) is var count and > 0)
        {
            flow?.Add(buffer.AsSpan(0, count));
            for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _ending.Token);
        }
        to.Shutdown(SocketShutdown.Send);
    }
}
