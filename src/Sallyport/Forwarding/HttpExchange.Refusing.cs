using System.Text;
using Sallyport.Refusals;
using Sallyport.Wire;

namespace Sallyport.Forwarding;

/// <summary>The answers that the relay gives itself: the refusal table's status, Proxy-Status (RFC 9209) and one sentence for people.</summary>
internal sealed partial class HttpExchange
{
    /// <summary>Answers the refusal. The connection goes on where its framing is intact and nothing of the request is left unread; never after a CONNECT (RFC 9931).</summary>
    public async ValueTask RefuseAsync()
    {
        var row = RefusalTable.Of(Refusal);
        _status = row.Status;
        KeepsClient = MayGoOnAfterRefusal();
        if (KeepsClient && !_requestConsumed)
        {
            _requestConsumed = true;
            _requestInput.Consume(_request.Length);
        }
        var answer = Encoding.ASCII.GetBytes(ComposeRefusal(row));
        var sent = await _client.SendAsync(answer, SendTimeout);
        if (!sent.IsOk) KeepsClient = false;
    }

    private bool MayGoOnAfterRefusal() =>
        _request.Length > 0 && _fault == HeadFault.None && _request.Framing.Kind == BodyKind.None && _request.KeepAliveWanted && !IsConnect
        && Refusal is not (Refusal.RequestTimedOut or Refusal.BadRequest or Refusal.Draining) && !_loop.IsDraining;

    private string ComposeRefusal(RefusalRow row)
    {
        var reason = _fault == HeadFault.None || row.Status >= 500 ? row.Reason : $"{row.Reason} Found: {HeadFaultText.For(_fault)}.";
        var name = _loop.Trace.IsOn ? Encoding.ASCII.GetString(_loop.Trace.Name) : "sallyport";
        var body = $"{row.Status} {row.LogWord}: {reason}\n";
        var head = new StringBuilder(512);
        head.Append("HTTP/1.1 ").Append(row.Status).Append(' ').Append(StatusPhrase.For(row.Status)).Append("\r\n");
        if (row.ProxyStatusError is not null) head.Append("Proxy-Status: ").Append(name).Append("; error=").Append(row.ProxyStatusError).Append("; details=\"").Append(row.LogWord).Append("\"\r\n");
        if (row.Status == 503) head.Append("Retry-After: 1\r\n");
        head.Append("Content-Type: text/plain; charset=utf-8\r\nContent-Length: ").Append(body.Length).Append("\r\n");
        head.Append("Date: ").Append(DateTimeOffset.UtcNow.ToString("R")).Append("\r\n");
        if (!KeepsClient) head.Append("Connection: close\r\n");
        else if (_request.MinorVersion == 0) head.Append("Connection: keep-alive\r\n");
        head.Append("\r\n");
        if (_request.KnownMethod != KnownMethod.Head) head.Append(body);
        return head.ToString();
    }
}
