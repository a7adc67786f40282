using System.Collections.Frozen;
using ClamProxy.Doors.Http.Requests;
using Microsoft.AspNetCore.Http.Features;

namespace ClamProxy.Doors.Http.Uploads;

/// <summary>The header fields of a request that changes something: those about its body, and others.</summary>
internal static class UploadFields
{
    private static readonly FrozenSet<string> OfBodies = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition",
        "Content-MD5", "Content-Digest", "Repr-Digest", "Digest");

    /// <summary>
    /// What registries ask of whoever publishes, and what says nothing of a download: npm's one-time password and its kind.
    /// </summary>
    private static readonly string[] OfPublishing = ["npm-otp", "npm-auth-type"];

    /// <summary>The fields of a request as they are sent, with those that only matter where something is changed.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> With(
        IReadOnlyList<KeyValuePair<string, string>> sent, IHeaderDictionary headers) =>
        [
            .. sent,
            .. from name in OfPublishing
               where headers[name].Count == 1 && !sent.Any(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
               select KeyValuePair.Create(name, headers[name].ToString()),
        ];

    /// <summary>Those that go upstream with a body, as they came. Its length is not among them: that of what was spooled is sent.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(IHeaderDictionary headers)
    {
        var endsHere = HopByHop.NamedBy(headers.Connection);
        return
        [
            .. from field in headers
               where OfBodies.Contains(field.Key) && !HopByHop.EndsHere(field.Key, endsHere)
               from value in field.Value
               where value is not null
               select KeyValuePair.Create(field.Key, value),
        ];
    }

    public static bool HasBody(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;

    /// <summary>
    /// Takes off the request what upstream has been told and is to weigh: else the answer, which is none to a GET, would be weighed here.
    /// </summary>
    public static void TakeConditions(IHeaderDictionary headers) => Array.ForEach(
        ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"], name => headers.Remove(name));
}
