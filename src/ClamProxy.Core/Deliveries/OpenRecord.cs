using ClamProxy.Core.Names;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Sqlite;

namespace ClamProxy.Core.Deliveries;

/// <summary>The record: where its rows are, and the key of names where they are hashed.</summary>
internal sealed record OpenRecord(IDeliveryStore Store, NameHash? Names) : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string FileName = "deliveries.db";

    /// <exception cref="IOException">The folder, the database or the key cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static OpenRecord Of(DeliveryOptions options, NameResolver? names, TimeProvider clock)
    {
        if (options.Url.Length == 0 || names is null)
        {
            return Of(options.Folder, options.Hashed);
        }

        var address = RedisUrl.Parse(options.Url).Address!;
        var key = options.Hashed ? NameHash.Open(options.Folder) : null;
        return new(new RedisDeliveries(address, new RedisConnection(address, names, clock), options.KeepFor, clock), key);
    }

    public void Dispose() => Store.Dispose();

    private static OpenRecord Of(string path, bool areNamesHashed)
    {
        var folder = Directory.CreateDirectory(path, OwnerOnly).FullName;
        var database = new SqliteDatabase(
            Path.Combine(folder, FileName), DeliveryTable.Schema, (problem, cause) => new IOException(problem, cause));
        try
        {
            // In a transaction: one process at a time looks for the key.
            return new OpenRecord(
                new SqliteDeliveries(database),
                areNamesHashed
                    ? database.RunAsync(_ => NameHash.OpenOrDraw(folder), CancellationToken.None).GetAwaiter().GetResult()
                    : null);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
