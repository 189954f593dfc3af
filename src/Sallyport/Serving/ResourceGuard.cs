using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sallyport.Serving;

/// <summary>What is refused before any file is looked for: methods that resources do not have, and targets that point out of the directory.</summary>
internal static class ResourceGuard
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }
        if (!StaysInside(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        return next(context);
    }

    /// <summary>
    /// Judges the target as the client wrote it: the server removes dot segments before anybody sees the path, and
    /// <c>/../x</c> must not be taken for <c>/x</c>.
    /// </summary>
    public static bool StaysInside(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        var authority = path.IndexOf("://", StringComparison.Ordinal);
        if (!path.StartsWith('/') && authority > 0)
        {
            var slash = path.IndexOf('/', authority + 3);
            path = slash < 0 ? "/" : path[slash..];
        }
        var depth = 0;
        foreach (var written in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var segment = Uri.UnescapeDataString(written);
            if (segment.AsSpan().ContainsAny('/', '\\', '\0')) return false;
            if (segment == "..") depth--;
            else if (segment != ".") depth++;
            if (depth < 0) return false;
        }
        return true;
    }
}
