namespace ClamProxy.Core.Archives;

/// <summary>What the scanner that said OK was shown to look at.</summary>
/// <param name="Member">The largest member, in bytes, that it looks at whole.</param>
/// <param name="Total">The most bytes of all members together; <see cref="long.MaxValue"/> for one that tells when it is too much.</param>
internal readonly record struct ArchiveLimits(long Member, long Total)
{
    /// <summary>The most bytes that a gzip is unpacked to: what is over it is over MAX_FILE_SIZE and what the scanner looks at.</summary>
    public long Unpacked { get; init; } = long.MaxValue;
}
