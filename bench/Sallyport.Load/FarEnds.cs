using System.Net;
using System.Net.Sockets;

namespace Sallyport.Load;

/// <summary>
/// The servers behind the tunnels: one pours <see cref="Pattern"/>, one greets with a byte and then keeps still. Both are there once more, answering a CONNECT
/// themselves first: for proxies that pass it on instead of answering it.
/// </summary>
internal static class FarEnds
{
    /// <summary>How many greeted connections are kept: more than are ever held idle. The oldest is closed for a new one.</summary>
    private const int Kept = 8192;

    /// <summary>Serves until stdin ends; says the ports in a line of JSON once both listen.</summary>
    public static void Serve()
    {
        Result.Say(
            ("pour", Listen(socket => AcceptPouring(socket, answersConnect: false))),
            ("greet", Listen(socket => AcceptGreeting(socket, answersConnect: false))),
            ("pour_behind_connect", Listen(socket => AcceptPouring(socket, answersConnect: true))),
            ("greet_behind_connect", Listen(socket => AcceptGreeting(socket, answersConnect: true))));
        while (Console.In.Read() >= 0)
        {
        }
    }

    /// <summary>Runs on a thread of its own that does not hold the process.</summary>
    public static Thread Start(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private static int Listen(Action<Socket> accept)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(8192);
        Start(() => accept(socket));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static void AcceptPouring(Socket listener, bool answersConnect)
    {
        while (true)
        {
            var socket = listener.Accept();
            Start(() => Pour(socket, answersConnect));
        }
    }

    private static void Pour(Socket socket, bool answersConnect)
    {
        using (socket)
        {
            if (answersConnect && !TryAnswerConnect(socket)) return;
            Span<byte> word = stackalloc byte[1];
            if (socket.Receive(word, SocketFlags.None, out var error) != 1 || error != SocketError.Success) return;
            while (error == SocketError.Success) socket.Send(Pattern.Bytes, SocketFlags.None, out error);
        }
    }

    private static void AcceptGreeting(Socket listener, bool answersConnect)
    {
        var kept = new Socket?[Kept];
        for (var i = 0; ; i = (i + 1) % Kept)
        {
            kept[i]?.Dispose();
            var socket = kept[i] = listener.Accept();
            if (!answersConnect || TryAnswerConnect(socket)) socket.Send("!"u8, SocketFlags.None, out _);
        }
    }

    private static bool TryAnswerConnect(Socket socket)
    {
        Span<byte> head = stackalloc byte[4096];
        var length = 0;
        while (!head[..length].EndsWith("\r\n\r\n"u8))
        {
            var received = socket.Receive(head[length..], SocketFlags.None, out var error);
            if (received == 0 || error != SocketError.Success) return false;
            length += received;
        }
        socket.Send("HTTP/1.1 200 OK\r\n\r\n"u8, SocketFlags.None, out var failed);
        return failed == SocketError.Success;
    }
}
