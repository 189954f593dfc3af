using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.Client;

public sealed partial class RelayDialer
{
    /// <summary>The limit of heads in this product (64 KiB), here over interim and final answer together.</summary>
    internal const int MaximumAnswerHead = 64 * 1024;

    private const int MaximumBodyLine = 200;

    /// <summary>A refusal is complete without its explanation, so a relay that promises one and does not send it is not waited for.</summary>
    private static readonly TimeSpan s_bodyPatience = TimeSpan.FromSeconds(2);

    private sealed record ConnectAnswer(int Status, string Phrase, IReadOnlyList<(string Name, string Value)> Fields)
    {
        public bool IsSuccess => Status is >= 200 and < 300;

        /// <summary>All values of a field as one list (RFC 9110 section 5.3); null when the field is absent.</summary>
        public string? Find(string name)
        {
            var values = Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).ToArray();
            return values.Length == 0 ? null : string.Join(", ", values);
        }
    }

    /// <summary>
    /// Takes the answer's head from the socket and not one byte more: what follows a success is the tunnel's. Bytes are looked at
    /// first and taken once it is known that they belong to the head, so that the tunnel is the bare socket.
    /// </summary>
    private async Task<ConnectAnswer> ReadAnswerAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaximumAnswerHead);
        try
        {
            int start = 0, held = 0;
            while (held < MaximumAnswerHead)
            {
                var seen = await socket.ReceiveAsync(buffer.AsMemory(held, MaximumAnswerHead - held), SocketFlags.Peek, cancellationToken);
                if (seen == 0) throw Invalid(held == 0 ? "closed the connection without an answer" : "closed the connection within the head of its answer");
                var from = Math.Max(start, held - 3);
                var end = buffer.AsSpan(from, held + seen - from).IndexOf("\r\n\r\n"u8);
                var next = end < 0 ? held + seen : from + end + 4;
                var before = held;
                while (held < next) held += await socket.ReceiveAsync(buffer.AsMemory(held, next - held), SocketFlags.None, cancellationToken);
                RequireHttp(buffer.AsSpan(start, held - start), Math.Max(0, before - start - 1));
                if (end < 0) continue;
                var answer = Parse(Encoding.Latin1.GetString(buffer, start, held - start - 4));
                if (answer.Status is < 100 or > 199) return answer;
                if (answer.Status == 101) throw Invalid("switched protocols, which nobody asked for");
                start = held;
            }
            throw Invalid($"sent an answer with a head of more than {MaximumAnswerHead} bytes", HttpRequestError.ConfigurationLimitExceeded);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Says at the first bytes that this is no HTTP, instead of waiting for an end of head that a mail or SSH server never sends.</summary>
    private void RequireHttp(ReadOnlySpan<byte> head, int unread)
    {
        var known = Math.Min(head.Length, "HTTP/1.".Length);
        if (!head[..known].SequenceEqual("HTTP/1."u8[..known])) throw Invalid($"did not answer with HTTP/1; its answer begins with \"{Clean(Encoding.Latin1.GetString(head), 40)}\"");
        for (var at = unread; at < head.Length; at++)
        {
            // A CR that ends what has arrived so far may have its LF on the way.
            var allowed = head[at] switch
            {
                (byte)'\r' => at + 1 == head.Length || head[at + 1] == '\n',
                (byte)'\n' => at > 0 && head[at - 1] == '\r',
                (byte)'\t' => true,
                >= 0x20 and not 0x7f => true,
                _ => false,
            };
            if (!allowed) throw Invalid($"sent the control character 0x{head[at]:x2} in the head of its answer");
        }
    }

    private ConnectAnswer Parse(string head)
    {
        var lines = head.Split("\r\n");
        var status = lines[0];
        if (status.Length < 12 || !char.IsAsciiDigit(status[7]) || status[8] != ' ' || !status[9..12].All(char.IsAsciiDigit) || status[9] is '0' || (status.Length > 12 && status[12] != ' '))
        {
            throw Invalid($"sent a malformed status line: \"{Clean(status, 80)}\"");
        }
        var fields = new List<(string, string)>(lines.Length - 1);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t')) throw Invalid($"sent a malformed header field: \"{Clean(line, 80)}\"");
            fields.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }
        var digits = status[9..12];
        return new ConnectAnswer((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0'), status.Length > 13 ? status[13..] : "", fields);
    }

    private async Task<RelayRefusedException> RefusalAsync(Socket socket, string destination, ConnectAnswer answer, CancellationToken cancellationToken)
    {
        var reason = answer.Find("Proxy-Status") is { } text ? RelayProxyStatus.Find(text) : null;
        var line = await ReadBodyLineAsync(socket, answer, cancellationToken);
        var message = new StringBuilder($"The relay {_relay.Authority} refused CONNECT {destination}: {answer.Status} {Clean(answer.Phrase, 80)}".TrimEnd());
        if (reason is not null) message.Append($", {Clean(reason.Error, 80)}");
        if (reason?.Details is not null) message.Append($" ({Clean(reason.Details, MaximumBodyLine)})");
        if (line is not null) message.Append($"; it says: {line}");
        return new RelayRefusedException(message.ToString(), answer.Status, reason, line);
    }

    /// <summary>Only plain text with a plain body has a line worth showing; whatever goes wrong here must not hide the refusal.</summary>
    private static async Task<string?> ReadBodyLineAsync(Socket socket, ConnectAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Find("Content-Type")?.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase) != true || answer.Find("Transfer-Encoding") is not null) return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_bodyPatience);
        var body = new byte[1024];
        var room = BodyLength(answer.Find("Content-Length"), body.Length);
        var held = 0;
        try
        {
            while (held < room && !body.AsSpan(0, held).Contains((byte)'\n'))
            {
                var read = await socket.ReceiveAsync(body.AsMemory(held, room - held), SocketFlags.None, patience.Token);
                if (read == 0) break;
                held += read;
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        var line = Clean(Encoding.UTF8.GetString(body, 0, held).Split('\n')[0].Trim(), MaximumBodyLine);
        return line.Length == 0 ? null : line;
    }

    private static int BodyLength(string? text, int most)
    {
        if (text is null || text.Length == 0 || !text.All(char.IsAsciiDigit)) return most;
        var length = 0;
        foreach (var digit in text) length = Math.Min(most, length * 10 + (digit - '0'));
        return length;
    }

    private static string Clean(string text, int most)
    {
        var kept = text.Length > most ? string.Concat(text.AsSpan(0, most), "...") : text;
        return string.Create(kept.Length, kept, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) ? '?' : from[i];
        });
    }

    private HttpRequestException Invalid(string what, HttpRequestError error = HttpRequestError.InvalidResponse) =>
        new(error, $"The relay {_relay.Authority} {what}.");
}
