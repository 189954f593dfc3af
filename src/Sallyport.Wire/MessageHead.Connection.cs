using System.Text;

namespace Sallyport.Wire;

public abstract partial class MessageHead
{
    /// <summary>How many options Connection may list: each is looked up among all fields, so their number bounds the work.</summary>
    public const int MaxConnectionOptions = 64;

    /// <summary>Connection lists <c>close</c>.</summary>
    public bool ConnectionClose { get; private set; }

    /// <summary>Connection lists <c>keep-alive</c>.</summary>
    public bool ConnectionKeepAlive { get; private set; }

    /// <summary>Connection lists <c>upgrade</c>; without it an Upgrade field means nothing (RFC 9110 section 7.8).</summary>
    public bool ConnectionUpgrade { get; private set; }

    /// <summary>How many fields Connection named that it may not have removed, such as Host or Via.</summary>
    public int IgnoredNominations { get; private set; }

    /// <summary>Whether the sender wants the connection kept, by version and Connection (RFC 9112 section 9.3). A body that ends with the connection outranks it.</summary>
    public bool KeepAliveWanted => !ConnectionClose && (MinorVersion > 0 || ConnectionKeepAlive);

    private HeadFault MarkNominated(ReadOnlySpan<byte> buffer)
    {
        var options = 0;
        for (var i = 0; i < FieldCount; i++)
        {
            if (_fields[i].Known != KnownField.Connection) continue;
            var value = _fields[i].Value.Of(buffer);
            while (!value.IsEmpty)
            {
                var comma = value.IndexOf((byte)',');
                var option = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
                value = comma < 0 ? default : value[(comma + 1)..];
                // RFC 9110 section 5.6.1: empty elements of a list are skipped. They count, because they cost.
                if (++options > MaxConnectionOptions) return HeadFault.TooManyConnectionOptions;
                NoteOption(option, buffer);
            }
        }
        return HeadFault.None;
    }

    private void NoteOption(ReadOnlySpan<byte> option, ReadOnlySpan<byte> buffer)
    {
        if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8))
        {
            ConnectionKeepAlive = true;
            return;
        }
        if (Ascii.EqualsIgnoreCase(option, "close"u8))
        {
            ConnectionClose = true;
            return;
        }
        if (Ascii.EqualsIgnoreCase(option, "upgrade"u8))
        {
            ConnectionUpgrade = true;
            return;
        }
        // What is no token names no field.
        if (!ByteClass.IsTokenRun(option)) return;
        var known = KnownFields.Of(option);
        if (KnownFields.IsNeverNominated(known))
        {
            IgnoredNominations++;
            return;
        }
        for (var i = 0; i < FieldCount; i++)
        {
            ref var field = ref _fields[i];
            if (!field.IsHopByHop && field.Known == known && Ascii.EqualsIgnoreCase(field.Name.Of(buffer), option)) field = field.AsHopByHop();
        }
    }
}
