using System.Runtime.CompilerServices;
using ClamProxy.Core.Sqlite;

namespace ClamProxy.Core.Deliveries;

/// <summary>The record of one machine, in a database that its processes may share.</summary>
internal sealed class SqliteDeliveries(SqliteDatabase database) : IDeliveryStore
{
    private const int PageRows = 500;

    public async Task<IReadOnlyCollection<string>> WriteAsync(IReadOnlyDictionary<TakerKey, Taker> rows) =>
        await database.RunAsync(step => DeliveryTable.Write(step, rows), CancellationToken.None).ConfigureAwait(false);

    public Task<Takers> FindAsync(string sha256, int most, CancellationToken cancelled) =>
        database.ReadAsync(step => DeliveryTable.Find(step, sha256, most), cancelled);

    public Task<Takers> DetectAsync(string sha256, string? signature, DateTimeOffset? at, int most, CancellationToken cancelled) =>
        database.RunAsync(step => DeliveryTable.Detect(step, sha256, signature, at, most), cancelled);

    public Task<long> ToldAsync(string sha256, CancellationToken cancelled) =>
        database.ReadAsync(step => DeliveryTable.Told(step, sha256), cancelled);

    public async IAsyncEnumerable<Taker> TakersAsync(
        string sha256, long since, [EnumeratorCancellation] CancellationToken cancelled)
    {
        for (var after = long.MinValue; ;)
        {
            var page = await database.ReadAsync(step => DeliveryTable.Page(step, sha256, since, after, PageRows), cancelled)
                .ConfigureAwait(false);
            foreach (var (key, taker) in page)
            {
                after = key;
                yield return taker;
            }

            if (page.Count < PageRows)
            {
                break;
            }
        }
    }

    public Task<(int Dropped, bool IsForSize, bool IsMore)> TrimAsync(
        DateTimeOffset before, int most, long size, int mostForSize, CancellationToken cancelled) =>
        database.RunAsync(step => DeliveryTable.Trim(step, before, most, size, mostForSize), cancelled);

    public void Dispose() => database.Dispose();
}
