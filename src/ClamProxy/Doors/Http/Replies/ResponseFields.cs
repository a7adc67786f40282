using System.Buffers;
using System.Collections.Frozen;
using ClamProxy.Core.Fetching;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Problems;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>Passes upstream's header fields on to the client, less those that end here.</summary>
internal static class ResponseFields
{
    private const string SetCookie = "Set-Cookie";

    /// <summary>Fields about the bytes of one message, which are wrong on a part of the file (RFC 9530 §2).</summary>
    private static readonly FrozenSet<string> OfTheWhole = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "Content-Digest", "Content-MD5", "Content-Range");

    /// <summary>No control character but tab (RFC 9110 §5.5): Kestrel would refuse the whole answer for one.</summary>
    private static readonly SearchValues<char> OfFieldValues =
        SearchValues.Create([.. Enumerable.Range(0, 0x100).Select(code => (char)code).Where(c => c is '\t' or (>= ' ' and not '\u007f'))]);

    public static void Copy(UpstreamHead head, HttpResponse response, ViaLoop via, bool isPart)
    {
        var named = head.First("Connection") is null ? [] : HopByHop.NamedBy(new StringValues([.. head.All("Connection")]));
        response.HttpContext.Features.Set(head);
        var cookies = response.HttpContext.Features.Get<RouteCookies>();
        foreach (var (name, value) in head.Headers)
        {
            if (EndsHere(name, named) || (isPart && OfTheWhole.Contains(name)) || value.AsSpan().ContainsAnyExcept(OfFieldValues))
            {
                continue;
            }

            if (!name.Equals(SetCookie, StringComparison.OrdinalIgnoreCase))
            {
                Add(response.Headers, name, value);
            }
            else if (cookies?.Bound(value) is { } bound)
            {
                response.Headers.Append(SetCookie, bound);
            }
        }

        response.Headers.Via = via.Extend(response.Headers.Via, "1.1");
    }

    /// <summary>Whether an answer of this status has a body at all (RFC 9110 §15.3.5, §15.3.6).</summary>
    public static bool HasBody(int status) => status is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent);

    /// <summary>
    /// Adds a field to what <see cref="ContentIsolation"/> has set: further policies apply besides, in one line, since nginx takes the
    /// first of several; the other two are ours.
    /// </summary>
    private static void Add(IHeaderDictionary headers, string name, string value)
    {
        if (name.Equals("Content-Security-Policy", StringComparison.OrdinalIgnoreCase))
        {
            headers.ContentSecurityPolicy = headers.ContentSecurityPolicy.Count == 0 ? value : $"{headers.ContentSecurityPolicy}, {value}";
        }
        else if (!IsIsolation(name) || !headers.ContainsKey(name))
        {
            headers.Append(name, value);
        }
    }

    private static bool IsIsolation(string name) =>
        name.Equals(ContentIsolation.ResourcePolicy, StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Content-Type-Options", StringComparison.OrdinalIgnoreCase);

    private static bool EndsHere(string name, string[] namedByConnection) =>
        BlockedFields.Contain(name)
        || (HopByHop.EndsHere(name, namedByConnection) && !SaysWhatTheBytesAre(name));

    /// <summary>
    /// A sender must not name these in Connection (RFC 9110 §7.6.1): without them the client would take the bytes for something else than
    /// was scanned.
    /// </summary>
    private static bool SaysWhatTheBytesAre(string name) =>
        name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase);
}
