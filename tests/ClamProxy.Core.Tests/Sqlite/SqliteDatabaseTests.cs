using ClamProxy.Core.Sqlite;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Sqlite;

/// <summary>What is read is what was written.</summary>
public sealed class SqliteDatabaseTests : IDisposable
{
    private const string Schema = "CREATE TABLE IF NOT EXISTS numbers(number INTEGER)";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_SeesWhatWasWritten(bool isInMemory)
    {
        using var database = Open(isInMemory);
        await database.RunAsync(Add, CancellationToken.None);

        Assert.Equal(1, await database.ReadAsync(Count, CancellationToken.None));
    }

    [Fact]
    public async Task ReadThatChangesSomething_Fails()
    {
        using var database = Open(isInMemory: false);

        await Assert.ThrowsAsync<IOException>(() => database.ReadAsync(Add, CancellationToken.None));
    }

    [Fact]
    public async Task ClosedDatabase_IsSaid()
    {
        var database = Open(isInMemory: false);
        await database.ReadAsync(Count, CancellationToken.None);
        database.Dispose();

        await Assert.ThrowsAsync<IOException>(() => database.ReadAsync(Count, CancellationToken.None));
    }

    private SqliteDatabase Open(bool isInMemory) => new(
        isInMemory ? SqliteDatabase.InMemory : _folder.File("numbers.db"), Schema, (problem, cause) => new IOException(problem, cause));

    private static int Add(SqliteDatabase step) => step.Command("INSERT INTO numbers VALUES(1)").ExecuteNonQuery();

    private static long Count(SqliteDatabase step) => (long)step.Command("SELECT COUNT(*) FROM numbers").ExecuteScalar()!;
}
