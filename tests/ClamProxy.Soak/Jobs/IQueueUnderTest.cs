namespace ClamProxy.Soak.Jobs;

/// <summary>A queue of jobs: how processes reach it, and how its server, where it has one, dies.</summary>
internal interface IQueueUnderTest : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Whether it has a server of its own, <see cref="JobPart.Queue"/>.</summary>
    bool HasServer { get; }

    /// <summary>The settings that lead a process to it.</summary>
    IReadOnlyDictionary<string, string> VariablesOf(JobPart role);

    /// <summary>Ends its server by SIGKILL.</summary>
    Task KillAsync();

    /// <summary>Starts its server again with what is on its disk.</summary>
    Task StartAgainAsync();

    /// <summary>Does something to a process at a moment at which that one holds no lock of the queue's.</summary>
    Task DoUnlockedAsync(string dataPath, Action action);

    /// <summary>What it still holds of jobs, in words.</summary>
    Task<IReadOnlyList<string>> LeftAsync(string dataPath);

    /// <summary>From now on that process's commands reach the server, and no answer comes back.</summary>
    /// <returns>Ends when the first answer was lost; call it to have answers pass again.</returns>
    LostAnswers LoseAnswersTo(JobPart role);
}
