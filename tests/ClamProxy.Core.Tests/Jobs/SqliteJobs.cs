using ClamProxy.Core.Jobs;
using ClamProxy.Core.Sqlite;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs;

/// <summary>A database of jobs, opened as by several processes.</summary>
internal sealed class SqliteJobs : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<SqliteDatabase> _open = [];

    public string File => _folder.File("jobs.db");

    public SqliteDatabase Open(string schema)
    {
        var database = new SqliteDatabase(File, schema, JobStoreException.Of);
        _open.Add(database);
        return database;
    }

    /// <summary>As when all processes end.</summary>
    public void Close() => _open.ForEach(database => database.Dispose());

    public void Dispose()
    {
        Close();
        _folder.Dispose();
    }
}
