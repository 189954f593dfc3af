namespace Sallyport.Wire;

public abstract partial class MessageHead
{
    // Small, so that a fresh reader costs little; it doubles when a head has more, and then stays.
    private const int FirstCapacity = 16;

    private HeadField[] _fields = [];
    private ulong _present;

    /// <summary>The fields in the order they came.</summary>
    public ReadOnlySpan<HeadField> Fields => _fields.AsSpan(0, FieldCount);

    private protected int FieldCount { get; private set; }

    private bool HasConnectionField => Has(KnownField.Connection);

    /// <summary>Whether the head has the field.</summary>
    /// <param name="field">Any but <see cref="KnownField.Other"/>.</param>
    public bool Has(KnownField field) => (_present >> (int)field & 1) != 0;

    /// <summary>Finds the first field of that kind.</summary>
    /// <param name="field">Any but <see cref="KnownField.Other"/>.</param>
    /// <param name="index">Its place in <see cref="Fields"/>; -1 if there is none.</param>
    public bool TryFind(KnownField field, out int index)
    {
        index = -1;
        if (!Has(field)) return false;
        var fields = Fields;
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Known != field) continue;
            index = i;
            return true;
        }
        return false;
    }

    private void ResetFields()
    {
        FieldCount = 0;
        _present = 0;
        _contentLength = 0;
        ConnectionClose = ConnectionKeepAlive = ConnectionUpgrade = false;
        IgnoredNominations = 0;
    }

    private HeadFault AddField(in HeadField field, ReadOnlySpan<byte> buffer, int maxFields)
    {
        if (FieldCount == maxFields) return HeadFault.TooManyFields;
        if (FieldCount == _fields.Length) Array.Resize(ref _fields, Math.Min(maxFields, Math.Max(FirstCapacity, _fields.Length * 2)));
        _fields[FieldCount++] = field;
        if (field.Known == KnownField.Other) return HeadFault.None;
        var before = _present;
        _present |= 1ul << (int)field.Known;
        var isRepeated = before == _present;
        return field.Known switch
        {
            KnownField.ContentLength => NoteContentLength(field.Value.Of(buffer), isRepeated),
            KnownField.TransferEncoding => NoteTransferEncoding(field.Value.Of(buffer), isRepeated),
            KnownField.Host or KnownField.Expect => NoteRequestField(field, FieldCount - 1, buffer, isRepeated),
            _ => HeadFault.None,
        };
    }

    /// <summary>Host or Expect came.</summary>
    private protected abstract HeadFault NoteRequestField(in HeadField field, int index, ReadOnlySpan<byte> buffer, bool isRepeated);
}
