using Microsoft.Data.Sqlite;

namespace ClamProxy.Soak.Jobs;

/// <summary>The queue in DATA_PATH: no server, nothing to set.</summary>
internal sealed class SqliteUnderTest : IQueueUnderTest
{
    public string Name => "sqlite";

    public bool HasServer => false;

    public IReadOnlyDictionary<string, string> VariablesOf(JobPart role) => new Dictionary<string, string>();

    public Task KillAsync() => throw new NotSupportedException("there is no server");

    public Task StartAgainAsync() => throw new NotSupportedException("there is no server");

    /// <remarks>A process that is stopped within a transaction stops all others of the machine, until it goes on or is killed.</remarks>
    public async Task DoUnlockedAsync(string dataPath, Action action)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(dataPath, "jobs.db")};Pooling=False");
        await connection.OpenAsync();
        await using var transaction = connection.BeginTransaction(deferred: false);
        action();
        await transaction.RollbackAsync();
    }

    public async Task<IReadOnlyList<string>> LeftAsync(string dataPath)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(dataPath, "jobs.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 'queued: ' || job FROM jobs UNION ALL SELECT 'result: ' || job FROM results";
        await using var rows = await command.ExecuteReaderAsync();
        var left = new List<string>();
        while (await rows.ReadAsync())
        {
            left.Add(rows.GetString(0));
        }

        return left;
    }

    public LostAnswers LoseAnswersTo(JobPart role) => throw new NotSupportedException("there is no server");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
