using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Sallyport.Serving;

/// <summary>The page behind <c>--list</c>: names as links, directories with a slash, nothing that could be markup.</summary>
internal sealed class DirectoryListing : IDirectoryFormatter
{
    public Task GenerateContentAsync(HttpContext context, IEnumerable<IFileInfo> contents)
    {
        var title = HtmlEncoder.Default.Encode(context.Request.Path.Value ?? "/");
        var page = new StringBuilder($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body><h1>{title}</h1>\n<ul>\n");
        foreach (var entry in contents)
        {
            var slash = entry.IsDirectory ? "/" : "";
            // "./" before the name, for a name like "javascript:x" would be a scheme.
            page.Append($"<li><a href=\"./{Uri.EscapeDataString(entry.Name)}{slash}\">{HtmlEncoder.Default.Encode(entry.Name)}{slash}</a></li>\n");
        }
        var body = Encoding.UTF8.GetBytes(page.Append("</ul></body></html>\n").ToString());
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body).AsTask();
    }
}
