namespace ClamProxy.Core.Compression;

/// <summary>A body decodes to more than the limit: a large file, or a decoder bomb.</summary>
/// <param name="limit">The limit in bytes.</param>
public sealed class ContentTooLargeException(long limit) : IOException($"The body decodes to more than {limit} bytes.")
{
    /// <summary>The limit, in decoded bytes.</summary>
    public long Limit { get; } = limit;
}
