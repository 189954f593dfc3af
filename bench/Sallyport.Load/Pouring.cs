using System.Diagnostics;
using System.Net.Sockets;

namespace Sallyport.Load;

/// <summary>Takes bytes through tunnels as fast as they come, and compares every one of them.</summary>
internal static class Pouring
{
    /// <summary>Runs; 1 if any tunnel failed or brought a wrong byte.</summary>
    public static int Run(Way way, int connections, TimeSpan duration)
    {
        long bytes = 0, errors = 0;
        var start = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, connections).Select(_ => FarEnds.Start(Take)).ToArray();
        foreach (var thread in threads) thread.Join();
        Result.Say(("bytes", bytes), ("errors", errors), ("seconds", Stopwatch.GetElapsedTime(start).TotalSeconds));
        return errors > 0 ? 1 : 0;

        void Take()
        {
            long place = 0;
            try
            {
                Pour(way, ref place, start, duration);
            }
            catch (Exception failed) when (failed is IOException or SocketException)
            {
                Console.Error.WriteLine(failed.Message);
                Interlocked.Increment(ref errors);
            }
            Interlocked.Add(ref bytes, place);
        }
    }

    private static void Pour(Way way, ref long place, long start, TimeSpan duration)
    {
        var buffer = new byte[Pattern.MaxPiece];
        var (socket, early) = way.Open(buffer);
        using (socket)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.ReceiveTimeout = 10_000;
            if (early != 0) throw new IOException("bytes came before any were asked for");
            socket.Send("x"u8);
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                var received = socket.Receive(buffer);
                if (received == 0) throw new IOException($"the tunnel ended after {place} bytes");
                if (!Pattern.IsAt(place, buffer.AsSpan(0, received))) throw new IOException($"a wrong byte came after {place} good ones");
                place += received;
            }
        }
    }
}
