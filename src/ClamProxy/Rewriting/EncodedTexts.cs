using Microsoft.Extensions.Caching.Memory;

namespace ClamProxy.Rewriting;

/// <summary>
/// Rewritten texts in gzip, in memory: an index that every install asks for is decoded, searched, rewritten and coded once. What is kept
/// and what is being made is bounded; a text that finds no room is made anew for each request, and sent without a coding.
/// </summary>
internal sealed class EncodedTexts : IDisposable
{
    /// <summary>A text may take this part of the room, so that one large index does not put out all others.</summary>
    private const int PartOfOne = 8;

    /// <summary>Texts that are made at once, each with as much memory as one may take.</summary>
    private const int MostWriters = 8;

    private static readonly TimeSpan Unused = TimeSpan.FromHours(1);

    private readonly MemoryCache _texts;
    private readonly SemaphoreSlim _writers = new(MostWriters);
    private readonly int _mostBytes;

    /// <param name="size">The room for what is kept, in bytes; 0: nothing is kept, and nothing coded.</param>
    /// <param name="clock">For what is not asked for any more.</param>
    public EncodedTexts(long size, TimeProvider clock)
    {
        _mostBytes = (int)(size / PartOfOne);
        _texts = new MemoryCache(new MemoryCacheOptions { SizeLimit = size, Clock = new CacheClock(clock) });
    }

    public bool IsOn => _mostBytes > 0;

    public EncodedText? Find(EncodedTextKey key) => _texts.Get<EncodedText>(key);

    /// <summary>Begins to code a text; the caller disposes of the writer.</summary>
    /// <returns>Null: as many are being made as may.</returns>
    public EncodedTextWriter? TryBegin() => IsOn && _writers.Wait(0) ? new EncodedTextWriter(_mostBytes, _writers) : null;

    public void Keep(EncodedTextKey key, EncodedText text) => _texts.Set(
        key, text, new MemoryCacheEntryOptions { Size = Math.Max(1, text.Bytes.Length), SlidingExpiration = Unused });

    public void Dispose()
    {
        _texts.Dispose();
        _writers.Dispose();
    }

    private sealed class CacheClock(TimeProvider clock) : Microsoft.Extensions.Internal.ISystemClock
    {
        public DateTimeOffset UtcNow => clock.GetUtcNow();
    }
}
