using System.Text;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Forwarding;

/// <summary>Heads as text: lines end in one line feed here and in CRLF on the wire; the blank line at the end is left out.</summary>
internal static class Heads
{
    public delegate void Writing(ref HeadWriter writer);

    public static byte[] Bytes(string lines) => Encoding.Latin1.GetBytes(lines.ReplaceLineEndings("\r\n") + "\r\n\r\n");

    public static (RequestHead Head, byte[] Bytes) Request(string lines)
    {
        var bytes = Bytes(lines);
        var head = new RequestHead();
        Assert.Equal((ReadStatus.Done, HeadFault.None), (head.Read(bytes, HeadLimits.Default), head.Fault));
        return (head, bytes);
    }

    public static (ResponseHead Head, byte[] Bytes) Answer(string lines, bool toHead = false)
    {
        var bytes = Bytes(lines);
        var head = new ResponseHead();
        Assert.Equal((ReadStatus.Done, HeadFault.None), (head.Read(bytes, HeadLimits.Default, toHead, toConnect: false), head.Fault));
        return (head, bytes);
    }

    /// <summary>What was written, without the blank line at its end, which must be there.</summary>
    public static string Written(Writing write)
    {
        var buffer = new byte[8192];
        var writer = new HeadWriter(buffer);
        write(ref writer);
        Assert.False(writer.Overflowed);
        var text = Encoding.Latin1.GetString(buffer, 0, writer.Written);
        Assert.EndsWith("\r\n\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", text.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        return text[..^4].Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
