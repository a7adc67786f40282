using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class SqliteScanExchangeTests : ScanExchangeConformance
{
    private readonly TempFolder _folder = new();
    private readonly List<SqliteDatabase> _open = [];

    public override ValueTask DisposeAsync()
    {
        _open.ForEach(database => database.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override Task<IScanExchange> OpenAsync()
    {
        var database = new SqliteDatabase(_folder.File("jobs.db"), SqliteScanExchange.Schema);
        _open.Add(database);
        return Task.FromResult<IScanExchange>(new SqliteScanExchange(database, Clock));
    }
}
