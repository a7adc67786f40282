namespace ClamProxy.Core.Deliveries;

/// <summary>
/// Where the rows of the record are: a database of this machine (<see cref="SqliteDeliveries"/>), or the Redis of many
/// (<see cref="RedisDeliveries"/>). What fails throws IOException; all calls end in time.
/// </summary>
internal interface IDeliveryStore : IDisposable
{
    /// <summary>Adds rows, or their numbers to those that are there.</summary>
    /// <returns>The contents that were found infected while one of these deliveries was under way.</returns>
    Task<IReadOnlyCollection<string>> WriteAsync(IReadOnlyDictionary<TakerKey, Taker> rows);

    /// <summary>Who took a content, the latest first.</summary>
    /// <param name="most">How many rows are returned; all are counted.</param>
    Task<Takers> FindAsync(string sha256, int most, CancellationToken cancelled);

    /// <summary>A content is infected. Those who took it are told once, whichever process asks.</summary>
    /// <param name="signature">What was found; null: as before.</param>
    /// <param name="at">When; null: as before.</param>
    /// <returns>Who took it and was not told of before; none: nobody.</returns>
    Task<Takers> DetectAsync(string sha256, string? signature, DateTimeOffset? at, int most, CancellationToken cancelled);

    /// <summary>Until when those who took a content were told of: rows whose last delivery is later are news.</summary>
    /// <returns>Milliseconds since 1970; 0: nobody was told of.</returns>
    Task<long> ToldAsync(string sha256, CancellationToken cancelled);

    /// <summary>Those who took a content before it was held for infected, and last did so later than this, in any order.</summary>
    /// <param name="since">Milliseconds since 1970.</param>
    IAsyncEnumerable<Taker> TakersAsync(string sha256, long since, CancellationToken cancelled);

    /// <summary>Drops what is older, some rows at a time.</summary>
    /// <param name="before">Rows whose last delivery is older go.</param>
    /// <param name="most">How many of them.</param>
    /// <param name="size">While the record takes more bytes, the rows go that are longest out of use.</param>
    /// <param name="mostForSize">How many of these.</param>
    /// <returns>How many went; whether for their size; whether there may be more that have to.</returns>
    Task<(int Dropped, bool IsForSize, bool IsMore)> TrimAsync(
        DateTimeOffset before, int most, long size, int mostForSize, CancellationToken cancelled);
}
