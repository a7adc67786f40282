using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClamProxy.Warming.Lists;

namespace ClamProxy.Warming.Python;

/// <summary>Reads a project's page of a simple index: JSON (PEP 691), or HTML (PEP 503) from an index that has no JSON.</summary>
internal static partial class IndexPage
{
    /// <summary>What is asked for: JSON sooner than HTML.</summary>
    public const string Accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

    /// <returns>Null where it is neither.</returns>
    public static IReadOnlyList<IndexFile>? Read(string? mediaType, string text)
    {
        if (mediaType is not null && mediaType.EndsWith("html", StringComparison.OrdinalIgnoreCase))
        {
            return
            [
                .. Link().Matches(text).Select(
                    link => OfLink(WebUtility.HtmlDecode(link.Groups[1].Success ? link.Groups[1].Value : link.Groups[2].Value).Trim()))
            ];
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("files", out var files)
                && files.ValueKind == JsonValueKind.Array
                ? [.. files.EnumerateArray().Select(OfJson).OfType<IndexFile>()]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IndexFile? OfJson(JsonElement file) =>
        file.Text("filename") is { } name && file.Text("url") is { } url
            ? new(
                name,
                url.Split('#')[0],
                [
                    .. file.Members("hashes").Select(
                        hash => Digest(hash.Name, file.GetProperty("hashes").Text(hash.Name))).OfType<FileDigest>()])
            : null;

    private static IndexFile OfLink(string href)
    {
        var parts = href.Split('#', 2);
        var hash = (parts.Length == 2 ? parts[1] : "").Split('=', 2);
        var digest = hash.Length == 2 ? Digest(hash[0], hash[1]) : null;
        return new(Uri.UnescapeDataString(parts[0].Split('?')[0].Split('/')[^1]), parts[0], digest is null ? [] : [digest]);
    }

    private static FileDigest? Digest(string algorithm, string? hex) => hex is null ? null : FileDigest.OfHex(algorithm, hex);

    [GeneratedRegex("""<a\s[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex Link();
}
