using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Tests.Jobs.Conformance;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class SqliteScanExchangeTests : ScanExchangeConformance
{
    private readonly SqliteJobs _jobs = new();

    public override ValueTask DisposeAsync()
    {
        _jobs.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override Task<IScanExchange> OpenAsync() =>
        Task.FromResult<IScanExchange>(new SqliteScanExchange(_jobs.Open(SqliteScanExchange.Schema), Clock));
}
