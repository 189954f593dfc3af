using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Sallyport.Serving;

/// <summary>
/// Keeps validators honest under compression: the gzip form of a file is another sequence of bytes than the file, so its ETag
/// is made weak (RFC 9110 section 8.8.3.3), and a weak one that comes back in If-None-Match still means the file (section 13.1.2).
/// </summary>
internal static class CompressedValidators
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var asked = context.Request.Headers.IfNoneMatch.ToString();
        var weakAsked = asked.Contains("W/\"", StringComparison.Ordinal);
        if (weakAsked) context.Request.Headers.IfNoneMatch = asked.Replace("W/\"", "\"", StringComparison.Ordinal);
        context.Response.OnStarting(() =>
        {
            var response = context.Response;
            var another = !StringValues.IsNullOrEmpty(response.Headers.ContentEncoding) || (weakAsked && response.StatusCode == StatusCodes.Status304NotModified);
            var tag = response.Headers.ETag.ToString();
            if (another && tag.StartsWith('"')) response.Headers.ETag = "W/" + tag;
            return Task.CompletedTask;
        });
        return next(context);
    }

    /// <summary>Tells caches that the answer depends on Accept-Encoding also when this one is not compressed.</summary>
    public static void Vary(HttpResponse response, IEnumerable<string> compressedTypes)
    {
        if (compressedTypes.Contains(response.ContentType, StringComparer.OrdinalIgnoreCase)) response.Headers.Vary = HeaderNames.AcceptEncoding;
    }
}
