using System.Text;
using Sallyport.Wire;

namespace Sallyport.Tests.Wire;

/// <summary>Reads one head in pieces and writes down all that the reader says, so that two readings can be compared as text.</summary>
public abstract class HeadReading
{
    public abstract HeadFault Fault { get; }

    /// <summary>What the last reading came to.</summary>
    public ReadStatus Status { get; private set; }

    protected abstract MessageHead Head { get; }

    protected abstract ReadStatus Read(ReadOnlySpan<byte> buffer);

    protected abstract string DescribeStart(ReadOnlySpan<byte> buffer);

    /// <summary>Shows the reader prefixes of these lengths, in order, until it has made up its mind.</summary>
    public string ReadIn(byte[] bytes, IEnumerable<int> lengths)
    {
        Head.Reset();
        Status = ReadStatus.NeedMore;
        foreach (var length in lengths)
        {
            // A copy of just that length: a read past its end would throw.
            Status = Read(bytes.AsSpan(0, length).ToArray());
            if (Status != ReadStatus.NeedMore) break;
        }
        return Status == ReadStatus.Done ? Describe(bytes) : $"{Status} {Head.Fault}";
    }

    private string Describe(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder($"{Head.Length} 1.{Head.MinorVersion} {Head.Framing} {Head.ConnectionClose} {Head.ConnectionKeepAlive} {Head.ConnectionUpgrade} {Head.KeepAliveWanted} {Head.IgnoredNominations}\n");
        text.Append(DescribeStart(bytes)).Append('\n');
        foreach (var field in Head.Fields)
        {
            text.Append($"{Encoding.Latin1.GetString(field.Line.Of(bytes))} [{Encoding.Latin1.GetString(field.Name.Of(bytes))}] [{Encoding.Latin1.GetString(field.Value.Of(bytes))}] {field.Known} {field.IsHopByHop} {field.HasSpaceBeforeColon}\n");
        }
        return text.ToString();
    }
}

public sealed class RequestReading : HeadReading
{
    private readonly RequestHead _head = new();

    public override HeadFault Fault => _head.Fault;

    protected override MessageHead Head => _head;

    protected override ReadStatus Read(ReadOnlySpan<byte> buffer) => _head.Read(buffer, HeadLimits.Default);

    protected override string DescribeStart(ReadOnlySpan<byte> buffer) =>
        $"{_head.RequestLine} {_head.Method} {_head.KnownMethod} {_head.Target} {_head.Form} {_head.Authority} {_head.PathAndQuery} "
        + $"{_head.TargetAuthority.Kind} {_head.TargetAuthority.Host} {_head.TargetAuthority.Port} {_head.HostIndex} {_head.HostValue} {_head.HostAuthority.Kind} {_head.HostAuthority.Host} {_head.HostAuthority.Port} {_head.ExpectsContinue}";
}

public sealed class ResponseReading : HeadReading
{
    private readonly ResponseHead _head = new();

    public override HeadFault Fault => _head.Fault;

    protected override MessageHead Head => _head;

    protected override ReadStatus Read(ReadOnlySpan<byte> buffer) => _head.Read(buffer, HeadLimits.Default, false, false);

    protected override string DescribeStart(ReadOnlySpan<byte> buffer) => $"{_head.StatusLine} {_head.Status} {_head.Reason}";
}
