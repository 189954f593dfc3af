using System.Diagnostics;
using System.Net.Sockets;

namespace Sallyport.Load;

/// <summary>Opens tunnels one after the other on each of some threads: connect, CONNECT, the far end's greeting, reset.</summary>
internal static class Opening
{
    /// <summary>Runs; 1 if any tunnel failed.</summary>
    public static int Run(Way way, int connections, TimeSpan duration)
    {
        long errors = 0;
        var start = Stopwatch.GetTimestamp();
        var taken = Enumerable.Range(0, connections).Select(_ => new List<long>()).ToArray();
        var threads = taken.Select(times => FarEnds.Start(() => Open(times))).ToArray();
        foreach (var thread in threads) thread.Join();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var all = taken.SelectMany(times => times).Order().ToArray();
        if (all.Length == 0) errors++;
        Result.Say(("opened", all.Length), ("errors", errors), ("seconds", seconds), ("p50_us", Quantile(all, 0.5)), ("p99_us", Quantile(all, 0.99)));
        return errors > 0 ? 1 : 0;

        void Open(List<long> times)
        {
            var buffer = new byte[4096];
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                var begun = Stopwatch.GetTimestamp();
                try
                {
                    OpenOne(way, buffer);
                    times.Add(Stopwatch.GetTimestamp() - begun);
                }
                catch (Exception failed) when (failed is IOException or SocketException)
                {
                    if (Interlocked.Increment(ref errors) == 1) Console.Error.WriteLine(failed.Message);
                }
            }
        }
    }

    private static void OpenOne(Way way, byte[] buffer)
    {
        var (socket, early) = way.Open(buffer);
        using (socket)
        {
            // A reset leaves no port waiting behind, of which there are only some 28,000.
            socket.LingerState = new LingerOption(true, 0);
            socket.ReceiveTimeout = 10_000;
            if (early == 0) early = socket.Receive(buffer);
            if (early != 1 || buffer[0] != '!') throw new IOException($"instead of the far end's greeting came {early} bytes");
        }
    }

    private static double Quantile(long[] sorted, double part) =>
        sorted.Length == 0 ? 0 : Stopwatch.GetElapsedTime(0, sorted[(int)(part * (sorted.Length - 1))]).TotalMicroseconds;
}
