using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Tests.Jobs.Conformance;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class SqliteCallbackStoreTests : CallbackStoreConformance
{
    private readonly SqliteJobs _jobs = new();

    public override ValueTask DisposeAsync()
    {
        _jobs.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override Task<ICallbackStore> OpenAsync() => Task.FromResult<ICallbackStore>(
        new SqliteCallbackStore(_jobs.Open(SqliteCallbackStore.Schema), Options, Clock));

    private protected override Task<ICallbackStore> OpenAnotherAsync() => OpenAsync();
}
