namespace Sallyport.Wire;

public partial struct ChunkedBodyReader
{
    /// <summary>One byte of <c>*( BWS ";" BWS name [ BWS "=" BWS value ] )</c> (RFC 9112 section 7.1.1); CR is taken only where the grammar may end.</summary>
    private HeadFault StepExtension(byte b)
    {
        if (b == '\n') return HeadFault.BareLineFeed;
        var next = _state switch
        {
            State.BlankBeforeSemicolon => FieldLine.IsBlank(b) ? State.BlankBeforeSemicolon : b == ';' ? State.BlankBeforeName : State.Invalid,
            State.BlankBeforeName => FieldLine.IsBlank(b) ? State.BlankBeforeName : ByteClass.IsToken(b) ? State.Name : State.Invalid,
            State.Name => ByteClass.IsToken(b) ? State.Name : b == '=' ? State.BlankBeforeValue : FieldLine.IsBlank(b) ? State.BlankAfterName : AfterExtension(b),
            State.BlankAfterName => FieldLine.IsBlank(b) ? State.BlankAfterName : b == '=' ? State.BlankBeforeValue : b == ';' ? State.BlankBeforeName : State.Invalid,
            State.BlankBeforeValue => FieldLine.IsBlank(b) ? State.BlankBeforeValue : b == '"' ? State.Quoted : ByteClass.IsToken(b) ? State.Value : State.Invalid,
            State.Value => ByteClass.IsToken(b) ? State.Value : FieldLine.IsBlank(b) ? State.BlankBeforeSemicolon : AfterExtension(b),
            State.Quoted => b == '"' ? State.QuoteClosed : b == '\\' ? State.QuotedPair : ByteClass.IsQuotedText(b) ? State.Quoted : State.Invalid,
            State.QuotedPair => ByteClass.IsText(b) ? State.Quoted : State.Invalid,
            State.QuoteClosed => FieldLine.IsBlank(b) ? State.BlankBeforeSemicolon : AfterExtension(b),
            _ => State.Invalid,
        };
        if (next == State.Invalid) return HeadFault.ChunkExtensionMalformed;
        _state = next;
        return HeadFault.None;
    }

    private static State AfterExtension(byte b) => b == '\r' ? State.SizeLineFeed : b == ';' ? State.BlankBeforeName : State.Invalid;
}
