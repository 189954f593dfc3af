using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sallyport.Serving;

/// <summary>One request in the common log format, in bytes that no client can turn into anything else.</summary>
internal static class AccessLine
{
    /// <summary>The line for a request that has ended; the size is the announced one, <c>-</c> where the length was open. The query is left out: it may hold secrets.</summary>
    public static string For(HttpContext context, DateTimeOffset at)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var line = new StringBuilder();
        line.Append(context.Connection.RemoteIpAddress?.ToString() ?? "-").Append(" - - [");
        line.Append(at.ToUniversalTime().ToString("dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture)).Append(" +0000] \"");
        Escape(line, context.Request.Method);
        line.Append(' ');
        Escape(line, query < 0 ? target : target[..query]);
        line.Append(' ');
        Escape(line, context.Request.Protocol);
        line.Append("\" ").Append(context.Response.StatusCode).Append(' ');
        return line.Append(context.Response.ContentLength?.ToString(CultureInfo.InvariantCulture) ?? "-").ToString();
    }

    /// <summary>Every byte outside 0x20-0x7e, the quote and the backslash become <c>\xHH</c>.</summary>
    public static void Escape(StringBuilder line, string text)
    {
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= 0x20 and <= 0x7e and not ((byte)'"' or (byte)'\\')) line.Append((char)b);
            else line.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }
    }
}
