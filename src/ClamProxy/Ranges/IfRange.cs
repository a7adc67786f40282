using Microsoft.Extensions.Primitives;

namespace ClamProxy.Ranges;

/// <summary>Whether the parts asked for belong to the copy the client has (RFC 9110 §13.1.5).</summary>
internal static class IfRange
{
    /// <summary>An entity tag has to be the same to the letter and not weak; a date has to be the same second.</summary>
    public static bool Holds(StringValues field, string? etag, string? lastModified)
    {
        if (field.Count == 0)
        {
            return true;
        }

        var validator = field.ToString().Trim();
        return validator.EndsWith('"')
            ? validator.StartsWith('"') && validator == etag
            : validator.Length > 0
                && (validator == lastModified || (HttpDate.Read(validator) is { } date && date == HttpDate.Read(lastModified)));
    }
}
