using Microsoft.Data.Sqlite;

namespace ClamProxy.Soak.Jobs;

/// <summary>The queue in DATA_PATH: no server, nothing to set.</summary>
internal sealed class SqliteUnderTest : IQueueUnderTest
{
    public bool IsPerMachine => false;

    public IReadOnlyDictionary<string, string> VariablesOf(JobPart role) => new Dictionary<string, string>();

    public IEnumerable<JobDeath> DeathsAt(JobStep step) => [];

    public Task FailAsync(JobDeath death) => throw NoServer();

    public Task RecoverAsync() => throw NoServer();

    public LostAnswers LoseAnswersTo(JobPart role) => throw NoServer();

    public Task DoUnlockedAsync(string dataPath, Action action) => LockedAsync(dataPath, action);

    public async Task<IReadOnlyList<string>> LeftAsync(IReadOnlyCollection<string> dataPaths)
    {
        var left = new List<string>();
        foreach (var path in dataPaths)
        {
            left.AddRange(await LeftAsync(path));
        }

        return left;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <remarks>A process that is stopped within a transaction stops all others of the machine, until it goes on or is killed.</remarks>
    internal static async Task LockedAsync(string dataPath, Action action)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(dataPath, "jobs.db")};Pooling=False");
        await connection.OpenAsync();
        await using var transaction = connection.BeginTransaction(deferred: false);
        action();
        await transaction.RollbackAsync();
    }

    internal static async Task<IReadOnlyList<string>> LeftAsync(string dataPath)
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

    private static NotSupportedException NoServer() => new("there is no server");
}
