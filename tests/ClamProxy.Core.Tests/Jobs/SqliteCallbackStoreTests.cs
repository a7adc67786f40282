using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class SqliteCallbackStoreTests : CallbackStoreConformance
{
    private readonly TempFolder _folder = new();
    private readonly List<SqliteDatabase> _open = [];

    public override ValueTask DisposeAsync()
    {
        _open.ForEach(database => database.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override Task<ICallbackStore> OpenAsync()
    {
        var database = new SqliteDatabase(_folder.File("jobs.db"), SqliteCallbackStore.Schema);
        _open.Add(database);
        return Task.FromResult<ICallbackStore>(new SqliteCallbackStore(database, Options, Clock));
    }

    private protected override Task<ICallbackStore> OpenAnotherAsync() => OpenAsync();
}
