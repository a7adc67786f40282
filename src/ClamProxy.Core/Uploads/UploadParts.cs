using System.Runtime.CompilerServices;
using ClamProxy.Core.Files;
using ClamProxy.Core.Messages;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// Finds the files that a request's body is a container of, as its receiver will: by what the body is called, and where the receiver goes
/// by its bytes, by these.
/// <code>
///   multipart (twine, dotnet nuget push)       each part
///   JSON, called so or beginning so (npm)      the data of each attachment, in base64
///   two lengths that add up (cargo)            the crate behind the JSON
/// </code>
/// </summary>
internal static class UploadParts
{
    /// <exception cref="UnreadableBodyException">It is called JSON, and is none that all readers understand alike.</exception>
    public static async IAsyncEnumerable<UploadPart> FindAsync(
        IContentReader body, IReadOnlyList<string> contentTypes, [EnumeratorCancellation] CancellationToken cancelled)
    {
        foreach (var boundary in contentTypes.SelectMany(MultipartBoundary.AllOf).Distinct(StringComparer.Ordinal))
        {
            await foreach (var (start, length) in MultipartParts.FindAsync(body, boundary, cancelled).ConfigureAwait(false))
            {
                yield return new UploadPart(start, length);
            }
        }

        if (await CargoPublish.FindCrateAsync(body, cancelled).ConfigureAwait(false) is { Length: > 0 } crate)
        {
            yield return crate;
        }

        var isCalledJson = contentTypes.Any(IsJson);
        if (isCalledJson || await BeginsLikeJsonAsync(body, cancelled).ConfigureAwait(false))
        {
            await foreach (
                var attachment in new JsonAttachments(body).FindAsync(mustBeJson: isCalledJson, cancelled).ConfigureAwait(false))
            {
                yield return attachment;
            }
        }
    }

    private static bool IsJson(string contentType)
    {
        var end = contentType.AsSpan().IndexOfAny(';', ',');
        var type = (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim();
        return type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static async ValueTask<bool> BeginsLikeJsonAsync(IContentReader body, CancellationToken cancelled)
    {
        var first = new byte[64];
        var read = await body.ReadAsync(0, first, cancelled).ConfigureAwait(false);
        var text = first.AsSpan(0, read);
        text = (text.StartsWith("\ufeff"u8) ? text[3..] : text).TrimStart(" \t\r\n"u8);
        return text is [(byte)'{' or (byte)'[', ..];
    }
}
