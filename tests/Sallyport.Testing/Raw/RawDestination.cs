using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Sallyport.Testing.Raw;

/// <summary>
/// A TCP server on loopback that plays a script on every connection and keeps the exact bytes that each one received.
/// The named scripts answer HTTP/1 requests whose bodies, if any, are counted; each is one way to misbehave.
/// </summary>
public sealed partial class RawDestination : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<RawConnection> _connections = [];
    private readonly List<Task> _playing = [];
    private readonly Func<RawConnection, Task> _script;
    private readonly Task _accepting;

    private RawDestination(Func<RawConnection, Task> script, IPEndPoint? at = null)
    {
        _script = script;
        _listener.Bind(at ?? new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Endpoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens: 127.0.0.1 and a port that the system chose, unless a test asked for a certain address.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>The port of <see cref="Endpoint"/>.</summary>
    public int Port => Endpoint.Port;

    /// <summary>The connections accepted so far, in order.</summary>
    public IReadOnlyList<RawConnection> Connections
    {
        get { lock (_gate) return [.. _connections]; }
    }

    /// <summary>Plays the script on every connection; the connection is closed when its script ends.</summary>
    public static RawDestination Playing(Func<RawConnection, Task> script) => new(script);

    /// <summary>As <see cref="Playing(Func{RawConnection, Task})"/>, at a certain address: only for what depends on a port's number.</summary>
    /// <exception cref="SocketException">The address is taken, or this user may not listen on that port.</exception>
    public static RawDestination PlayingAt(IPEndPoint address, Func<RawConnection, Task> script) => new(script, address);

    /// <summary>Well behaved: gives this answer to every request, and keeps the connection until the client ends it.</summary>
    public static RawDestination Answering(string answer) => new(connection => AnswerEachAsync(connection, _ => answer));

    /// <summary>Well behaved: answers with the connection's number and the request's number on it, <c>1.1</c>, <c>1.2</c>, ...: which connection was reused shows.</summary>
    public static RawDestination KeepsConnectionsCounted() => new(connection => AnswerEachAsync(connection, request =>
    {
        var body = $"{connection.Number}.{request}";
        return $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }));

    /// <summary>Well behaved but slow to say it: every byte of the answer is sent by itself.</summary>
    public static RawDestination SplitsEveryByte(string answer) => new(async connection =>
    {
        while (await TakeRequestAsync(connection)) await connection.SendByteByByteAsync(answer);
    });

    /// <summary>Sends a head that promises 1000 bytes, none of them, and nothing more until the client ends the connection.</summary>
    public static RawDestination StallsAfterHead() => new(async connection =>
    {
        if (!await TakeRequestAsync(connection)) return;
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        await connection.TakeToEndAsync(Timeout.InfiniteTimeSpan);
    });

    /// <summary>Sends a head that promises 1000 bytes and the first 10 of them; then RST, once <paramref name="cut"/> is complete.</summary>
    /// <remarks>An RST overtakes bytes that were not yet read, so the test says when the first part has arrived.</remarks>
    public static RawDestination ResetsMidBody(Task cut) => new(async connection =>
    {
        if (!await TakeRequestAsync(connection)) return;
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789");
        await cut;
        connection.Reset();
    });

    /// <summary>Reads the request and closes in order, without a byte of an answer.</summary>
    public static RawDestination ClosesBeforeAnswer() => new(connection => TakeRequestAsync(connection));

    /// <summary>Waits for the n-th connection (1 is the first) and returns it.</summary>
    public async Task<RawConnection> ConnectionAsync(int number, TimeSpan? limit = null)
    {
        await Deadline.Until(() => Connections.Count >= number, $"connection {number} at the destination", limit);
        return Connections[number - 1];
    }

    /// <summary>Takes one request with its counted body; false if the client ended the connection instead.</summary>
    public static async Task<bool> TakeRequestAsync(RawConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        try
        {
            // As long as it takes: between requests a client may be idle, and the destination's end stops the wait.
            var head = await connection.TakeHeadAsync(Timeout.InfiniteTimeSpan);
            var length = ContentLength().Match(head);
            if (length.Success) await connection.TakeAsync(int.Parse(length.Groups[1].ValueSpan), Timeout.InfiniteTimeSpan);
            return true;
        }
        catch (EndOfStreamException)
        {
            return false;
        }
    }

    /// <summary>Stops accepting and resets what is still open.</summary>
    /// <exception cref="AggregateException">A script failed for another reason than the connection's end: a fault in the test.</exception>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] playing;
        lock (_gate) playing = [.. _playing];
        try
        {
            await Task.WhenAll(playing).Within("the scripts' end");
        }
        finally
        {
            foreach (var connection in Connections) connection.Dispose();
            _stop.Dispose();
        }
    }

    private static async Task AnswerEachAsync(RawConnection connection, Func<int, string> answer)
    {
        for (var request = 1; await TakeRequestAsync(connection); request++) await connection.SendAsync(answer(request));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                lock (_gate)
                {
                    var connection = new RawConnection(socket, _connections.Count + 1, _stop.Token);
                    _connections.Add(connection);
                    _playing.Add(PlayAsync(connection));
                }
            }
        }
        catch (Exception end) when (_stop.IsCancellationRequested && end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The destination was disposed: nobody is left to accept for.
        }
    }

    private async Task PlayAsync(RawConnection connection)
    {
        await Task.Yield();
        try
        {
            await _script(connection);
        }
        catch (Exception end) when (end is EndOfStreamException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went, or the destination was disposed, in the middle of the script: what the test set up.
        }
        finally
        {
            connection.Dispose();
        }
    }

    [GeneratedRegex(@"\r\ncontent-length:\s*(\d+)\r\n", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ContentLength();
}
