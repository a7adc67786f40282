using System.Buffers;
using System.Text;
using ClamProxy.Rewriting;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// The fields of an answer by which its client could go past the scanner: where a rule names their links they are rewritten, a link that
/// cannot be rewritten is dropped, and so is every mirror that does not lead back here (RFC 6249).
/// </summary>
internal static class LinkFields
{
    private static readonly string[] OfOneUrl = ["Location", "Content-Location"];

    /// <param name="fields">The answer's.</param>
    /// <param name="links">The route's; null: the client names its source.</param>
    /// <param name="relative">Where relative references lead; null: they stay unchanged.</param>
    public static void Settle(IHeaderDictionary fields, AnswerLinks? links, RelativeLinks? relative)
    {
        if (relative is not null)
        {
            Resolve(fields, relative);
        }

        if (fields.Link.Count > 0)
        {
            string[] kept = [.. fields.Link.OfType<string>().Select(value => Settle(value, links)).OfType<string>()];
            fields.Link = kept.Length == 0 ? default(StringValues) : kept;
        }

        if (links?.Rewriting is not { } rewriting)
        {
            return;
        }

        foreach (var name in OfOneUrl)
        {
            if (fields[name] is [{ } value])
            {
                var url = Rewrite(value, rewriting);
                fields[name] = IsUnwritten(url, links) ? default(StringValues) : url;
            }
        }
    }

    private static void Resolve(IHeaderDictionary fields, RelativeLinks relative)
    {
        if (fields.Link.Count > 0)
        {
            fields.Link = fields.Link.OfType<string>().Select(value => LinkField.Resolved(value, relative.Of)).ToArray();
        }

        foreach (var name in OfOneUrl)
        {
            if (fields[name] is [{ } value] && relative.Of(value) is { } url)
            {
                fields[name] = url;
            }
        }
    }

    private static string? Settle(string value, AnswerLinks? links)
    {
        var rewritten = links?.Rewriting is { } rewriting
            ? LinkField.Where(Rewrite(value, rewriting), target => !IsUnwritten(target, links))
            : value;
        return rewritten is null
            ? null
            : LinkField.WithoutMirrors(rewritten, target => LinkUrl.Parse(target) is not { } url || links?.Hosts.IsOwn(url) == true);
    }

    private static bool IsUnwritten(string url, AnswerLinks links) =>
        LinkUrl.Parse(url) is { } parsed && !links.Hosts.IsOwn(parsed) && links.Hosts.IsOfARule(parsed);

    private static string Rewrite(string value, LinkRewriting rewriting)
    {
        var output = new ArrayBufferWriter<byte>();
        var replacer = new LinkReplacer(rewriting, isText: false);
        for (ReadOnlySpan<byte> left = Encoding.Latin1.GetBytes(value); left.Length > 0;)
        {
            var piece = left[..Math.Min(left.Length, LinkReplacer.MostBytes)];
            replacer.Write(piece, output);
            left = left[piece.Length..];
        }

        replacer.Finish(output);
        return replacer.Replaced == 0 ? value : Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
