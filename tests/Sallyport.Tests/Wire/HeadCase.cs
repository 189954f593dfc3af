using System.Text;

namespace Sallyport.Tests.Wire;

/// <summary>One head of the corpus: its bytes (written as Latin-1, so that every byte can be spelled), and the fault it has; none for a good one.</summary>
public sealed record HeadCase(string Name, string Text, Sallyport.Wire.HeadFault Fault = Sallyport.Wire.HeadFault.None)
{
    public byte[] Bytes { get; } = Encoding.Latin1.GetBytes(Text);

    public override string ToString() => Name;
}
