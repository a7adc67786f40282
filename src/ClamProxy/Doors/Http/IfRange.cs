using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http;

/// <summary>Whether the parts asked for belong to the copy the client has (RFC 9110 §13.1.5).</summary>
internal static class IfRange
{
    /// <summary>A weak entity tag never matches, and a date only to the letter, as nginx has it.</summary>
    public static bool Holds(StringValues field, string? etag, string? lastModified)
    {
        if (field.Count == 0)
        {
            return true;
        }

        var validator = field.ToString().Trim();
        return validator.StartsWith('"') ? validator == etag : validator.Length > 0 && validator == lastModified;
    }
}
