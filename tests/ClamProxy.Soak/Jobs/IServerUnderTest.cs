namespace ClamProxy.Soak.Jobs;

/// <summary>What processes keep jobs or contents in: how they reach it, and how its server, where it has one, fails.</summary>
internal interface IServerUnderTest : IAsyncDisposable
{
    /// <summary>The settings that lead a process to it.</summary>
    IReadOnlyDictionary<string, string> VariablesOf(JobPart role);

    /// <summary>How its server fails at a step; none where it has no server.</summary>
    IEnumerable<JobDeath> DeathsAt(JobStep step);

    /// <summary>Its server fails, until <see cref="RecoverAsync"/>.</summary>
    Task FailAsync(JobDeath death);

    /// <summary>Its server is there again with what it had.</summary>
    Task RecoverAsync();

    /// <summary>From now on that process's requests reach the server, and no answer comes back.</summary>
    /// <returns>Ends when the first answer was lost that counts; call it to have answers pass again.</returns>
    LostAnswers LoseAnswersTo(JobPart role);
}
