using CsCheck;

namespace Sallyport.Tests.Wire;

/// <summary>Small damage to good bytes, with the bytes that parsers trip over more often than the others.</summary>
public static class Mutation
{
    private static readonly byte[] Awkward = [.. "\r\n\0\t\v\f :;,=\"\\/?#@[]%*-+_.0159afxX\x7f"u8, 0x85, 0xa0, 0xff];

    public static Gen<byte> Byte => Gen.Frequency((3, OneOf(Awkward)), (1, Gen.Byte));

    public static Gen<T> OneOf<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Each change replaces, inserts or removes one byte, in turn by its place.</summary>
    public static byte[] Apply(byte[] seed, (int Place, byte Value)[] changes)
    {
        var bytes = new List<byte>(seed);
        foreach (var (place, value) in changes)
        {
            var at = bytes.Count == 0 ? 0 : place % bytes.Count;
            switch (place % 3)
            {
                case 0 when bytes.Count > 0:
                    bytes[at] = value;
                    break;
                case 1 when bytes.Count > 0:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.Insert(at, value);
                    break;
            }
        }
        return [.. bytes];
    }
}
