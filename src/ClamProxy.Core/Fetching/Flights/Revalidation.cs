using System.Collections.Frozen;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>What an upstream is asked about a stored answer, and what its "not modified" changes of it (RFC 9111 §4.3).</summary>
internal static class Revalidation
{
    /// <summary>
    /// What a 304 does not change (RFC 9111 §3.2): the fields of one message or one connection, those that are about the stored bytes, and
    /// a cookie, which is one client's.
    /// </summary>
    private static readonly FrozenSet<string> Kept = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Content-Digest", "Content-Encoding", "Content-Length", "Content-MD5", "Content-Range", "Digest", "Keep-Alive",
        "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Connection", "Repr-Digest", "Set-Cookie", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade");

    /// <summary>The conditions by which upstream can tell whether this is still its answer; none where it gave no validator.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ConditionsOf(UpstreamHead stored)
    {
        if (stored.First("ETag") is { Length: > 0 } tag)
        {
            yield return new("If-None-Match", tag);
        }

        if (stored.First("Last-Modified") is { Length: > 0 } date)
        {
            yield return new("If-Modified-Since", date);
        }
    }

    /// <summary>Whether a 304 is about this stored answer: another validator in it belongs to something that is not here.</summary>
    public static bool IsAbout(UpstreamHead stored, UpstreamHead notModified) =>
        IsSame(Opaque(stored.First("ETag")), Opaque(notModified.First("ETag")))
        && IsSame(stored.First("Last-Modified"), notModified.First("Last-Modified"));

    /// <summary>
    /// The stored head with the fields of a 304 in the place of its own (RFC 9111 §4.3.4); its Vary only where that names more.
    /// </summary>
    public static UpstreamHead Updated(UpstreamHead stored, UpstreamHead notModified)
    {
        var newer = notModified.Headers.Where(field => Changes(field.Key)).ToList();
        var names = newer.Select(field => field.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);

        if (stored.VariesByAll(notModified))
        {
            // npm's registry names in a 304 only some of the fields that it chooses the whole answer by.
            newer.RemoveAll(field => IsVary(field.Key));
            names.Remove("Vary");
        }

        // The age was the older answer's, and this one is as young as it says.
        names.Add("Age");
        return new UpstreamHead(
            stored.Status, stored.ReasonPhrase, [.. stored.Headers.Where(field => !names.Contains(field.Key)), .. newer])
        {
            RedirectedTo = notModified.RedirectedTo,
            Decoded = stored.Decoded,
        };
    }

    private static bool IsVary(string name) => name.Equals("Vary", StringComparison.OrdinalIgnoreCase);

    private static bool Changes(string name) => !Kept.Contains(name);

    private static bool IsSame(string? stored, string? given) => stored is null || given is null || stored == given;

    private static string? Opaque(string? tag) => tag?.StartsWith("W/", StringComparison.Ordinal) == true ? tag[2..] : tag;
}
