namespace ClamProxy.Core.Objects.S3;

/// <summary>Which content it is that a key had at one moment. Two that are equal are the same bytes; nothing else says so.</summary>
/// <param name="Tag">Its ETag, with quotes: never a hash that could be checked (parts, encryption).</param>
/// <param name="Id">Its version id; null: the bucket has no versions.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="PutAt">When it was put there, in whole seconds.</param>
internal sealed record S3Version(string Tag, string? Id, long Length, DateTimeOffset PutAt)
{
    /// <summary>What is said when a key has another version than the one that was meant.</summary>
    public const string IsAnother = "the object was changed by somebody else";

    /// <summary>
    /// Whether these are the same bytes, as far as the store says it: Ceph changes the time when somebody tags an object.
    /// </summary>
    public bool HasBytesOf(S3Version other) => (Tag, Id, Length) == (other.Tag, other.Id, other.Length);

    /// <summary>
    /// Whether a copy in another place has the same bytes, as far as length and ETag say it. The ETag of what was put in parts (with a
    /// dash) is by those parts.
    /// </summary>
    public bool HasContentOf(S3Version other) =>
        Length == other.Length
        && (Tag == other.Tag || Tag.Contains('-', StringComparison.Ordinal) || other.Tag.Contains('-', StringComparison.Ordinal));
}
