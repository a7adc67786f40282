using Microsoft.Extensions.Primitives;

namespace ClamProxy.Ranges;

/// <summary>The conditions of a GET or HEAD, for files that are sent without asking upstream (RFC 9110 §13.2.2; decision 0016).</summary>
internal static class Preconditions
{
    /// <param name="etag">The file's ETag field as it is sent; null: it has none.</param>
    /// <param name="lastModified">The file's Last-Modified field; null, or not a date: conditions on its date do not count.</param>
    public static PreconditionOutcome Evaluate(IHeaderDictionary request, string? etag, string? lastModified)
    {
        var ifMatch = request.IfMatch;
        if (ifMatch.Count > 0)
        {
            if (!EntityTags.HoldStrongly(ifMatch, etag))
            {
                return PreconditionOutcome.Failed;
            }
        }
        else if (IsNewer(lastModified, than: request.IfUnmodifiedSince) == true)
        {
            return PreconditionOutcome.Failed;
        }

        var ifNoneMatch = request.IfNoneMatch;
        var isTheClients = ifNoneMatch.Count > 0
            ? EntityTags.HoldWeakly(ifNoneMatch, etag)
            : IsNewer(lastModified, than: request.IfModifiedSince) == false;
        return isTheClients ? PreconditionOutcome.NotModified : PreconditionOutcome.Proceed;
    }

    /// <returns>Null: one of them is not a date.</returns>
    private static bool? IsNewer(string? lastModified, StringValues than) =>
        than.Count > 0 && HttpDate.Read(than.ToString()) is { } date && HttpDate.Read(lastModified) is { } modified
            ? modified > date
            : null;
}
