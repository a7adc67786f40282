namespace ClamProxy.Soak.Jobs;

/// <summary>The queue in DATA_PATH: no server, nothing to set.</summary>
internal sealed class SqliteUnderTest : IQueueUnderTest
{
    public string Name => "sqlite";

    public bool HasServer => false;

    public IReadOnlyDictionary<string, string> VariablesOf(JobPart role) => new Dictionary<string, string>();

    public Task KillAsync() => throw new NotSupportedException("there is no server");

    public Task StartAgainAsync() => throw new NotSupportedException("there is no server");

    public LostAnswers LoseAnswersTo(JobPart role) => throw new NotSupportedException("there is no server");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
