using ClamProxy.Core.Fetching;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>The fields of a text answer whose links are rewritten.</summary>
internal sealed class RewrittenFields(PublicBase publicBase)
{
    private const string Coded = "Accept-Encoding";

    /// <summary>Fields about upstream's bytes, which are not the ones that are sent.</summary>
    private static readonly string[] OfOtherBytes = ["Content-Encoding", "Content-MD5", "Content-Digest", "Digest", "Accept-Ranges"];

    /// <summary>Whether an answer is a text that clients look for links in.</summary>
    public static bool Concern(UpstreamHead head) => TextTypes.HasOne(head.All("Content-Type"));

    /// <summary>Changes the fields that were copied from upstream into those of the new text; its length is not known yet.</summary>
    public void Set(HttpContext context, UpstreamHead head, LinkRewriting links)
    {
        context.Response.Headers.ETag = links.Tags.Mark(head.First("ETag"));
        if (publicBase.DependsOnFields(context))
        {
            context.Response.Headers.Append("Vary", PublicBase.Fields);
        }

        foreach (var name in OfOtherBytes)
        {
            context.Response.Headers.Remove(name);
        }

        context.Response.ContentLength = null;
        if (!context.Response.Headers.GetCommaSeparatedValues("Vary").Contains(Coded, StringComparer.OrdinalIgnoreCase))
        {
            context.Response.Headers.Append("Vary", Coded);
        }
    }

    /// <summary>The same of the text in gzip: its tag is weak, since a strong one is of the bytes without it (RFC 9110 §8.8.1).</summary>
    public static void SetGzip(HttpResponse response)
    {
        response.Headers.ContentEncoding = "gzip";
        if (response.Headers.ETag is [{ } tag] && !tag.StartsWith("W/", StringComparison.Ordinal))
        {
            response.Headers.ETag = "W/" + tag;
        }
    }
}
