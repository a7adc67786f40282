namespace ClamProxy.Core.Store;

/// <summary>How much is stored.</summary>
/// <param name="Bytes">Disk taken, in bytes.</param>
/// <param name="Files">Contents.</param>
/// <param name="Entries">URLs.</param>
public readonly record struct StoreUsage(long Bytes, int Files, int Entries)
{
    private const long BlockBytes = 4096;

    /// <summary>A block each for the verdict and for one URL's entry.</summary>
    private const long NoteBytes = 2 * BlockBytes;

    /// <summary>What an URL's entry of this length takes beside the one block that <see cref="Of"/> counts for it: a long head.</summary>
    internal static long BeyondANote(long length) => Math.Max(0, (length - 1) / BlockBytes * BlockBytes);

    /// <summary>What a content of this length counts against the bound: empty files take room as well.</summary>
    internal static long Of(long length) => ((length + BlockBytes - 1) / BlockBytes * BlockBytes) + NoteBytes;
}
