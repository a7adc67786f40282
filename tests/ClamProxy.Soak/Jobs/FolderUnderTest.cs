namespace ClamProxy.Soak.Jobs;

/// <summary>The folder in DATA_PATH, which <see cref="JobWorld"/> looks through: no server, nothing to set.</summary>
internal sealed class FolderUnderTest : IObjectsUnderTest
{
    public bool IsBucket => false;

    public int LargeSize => 64 << 10;

    public IReadOnlyDictionary<string, string> VariablesOf(JobPart role) => new Dictionary<string, string>();

    public IEnumerable<JobDeath> DeathsAt(JobStep step) => [];

    public Task<IReadOnlyList<string>> ListAsync() => Task.FromResult<IReadOnlyList<string>>([]);

    public Task FailAsync(JobDeath death) => throw NoServer();

    public Task RecoverAsync() => throw NoServer();

    public LostAnswers LoseAnswersTo(JobPart role) => throw NoServer();

    public Task HangWithin(JobStep step) => throw NoServer();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static NotSupportedException NoServer() => new("there is no server");
}
