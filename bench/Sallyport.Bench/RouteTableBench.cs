using System.Text;
using BenchmarkDotNet.Attributes;
using Sallyport.Routing;
using Sallyport.Wire;

namespace Sallyport.Bench;

/// <summary>A known authority among a few and among as many as are remembered.</summary>
public class RouteTableBench
{
    private readonly byte[] _authority = "www.def.co.jp:81"u8.ToArray();
    private RouteTable _table = new();
    private Authority _read;

    [Params(1, RouteTable.MaxRoutes)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _table = new RouteTable();
        Find(_authority);
        for (var i = 1; i < Routes; i++) Find(Encoding.ASCII.GetBytes($"host{i}.def.co.jp"));
        Authority.TryRead(_authority, 0, out _read);
    }

    [Benchmark]
    public Route Find() => _table.Find(_authority, _read, _authority);

    private void Find(byte[] text)
    {
        if (!Authority.TryRead(text, 0, out var authority)) throw new ArgumentException(Encoding.ASCII.GetString(text));
        _table.Find(text, authority, text);
    }
}
