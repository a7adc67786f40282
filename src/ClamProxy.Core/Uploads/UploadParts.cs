using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using ClamProxy.Core.Files;

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
    private const int BlockBytes = 4 * 1024;

    /// <exception cref="UnreadableBodyException">Not all readers would take the same files out of it.</exception>
    public static async IAsyncEnumerable<UploadPart> FindAsync(
        IContentReader body, IReadOnlyList<string> contentTypes, [EnumeratorCancellation] CancellationToken cancelled)
    {
        if (contentTypes.Count > 1)
        {
            throw new UnreadableBodyException("The body has more than one Content-Type.");
        }

        var contentType = contentTypes.Count == 0 ? "" : contentTypes[0];
        if (FormBoundary.Of(contentType) is { } boundary)
        {
            await foreach (var part in FormParts.FindAsync(body, boundary, cancelled).ConfigureAwait(false))
            {
                yield return part;
            }
        }

        if (await CargoPublish.FindCrateAsync(body, cancelled).ConfigureAwait(false) is { Length: > 0 } crate)
        {
            yield return crate;
        }

        var isCalledJson = IsJson(contentType);
        if (isCalledJson && !IsOfUtf8(contentType))
        {
            throw new UnreadableBodyException("The body is called JSON in a charset that is not UTF-8 (RFC 8259 §8.1).");
        }

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

    private static bool IsOfUtf8(string contentType) =>
        !contentType.Contains("charset", StringComparison.OrdinalIgnoreCase)
        || (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.Parameters.Count(parameter => parameter.Name.StartsWith("charset", StringComparison.OrdinalIgnoreCase)) == 1
            && type.CharSet?.Trim('"').ToUpperInvariant() is "UTF-8" or "UTF8" or "US-ASCII");

    private static async ValueTask<bool> BeginsLikeJsonAsync(IContentReader body, CancellationToken cancelled)
    {
        var block = new byte[BlockBytes];
        for (long offset = 0; ;)
        {
            var read = await body.ReadAsync(offset, block, cancelled).ConfigureAwait(false);
            var text = block.AsSpan(0, read);
            var begins = (offset == 0 && text.StartsWith("\ufeff"u8) ? text[3..] : text).TrimStart(" \t\r\n"u8);
            if (read == 0 || begins.Length > 0)
            {
                return begins is [(byte)'{' or (byte)'[', ..];
            }

            offset += read;
        }
    }
}
