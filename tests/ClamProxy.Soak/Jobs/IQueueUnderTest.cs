namespace ClamProxy.Soak.Jobs;

/// <summary>A queue of jobs, with the results.</summary>
internal interface IQueueUnderTest : IServerUnderTest
{
    /// <summary>Whether each machine has results of its own: then each process has a DATA_PATH of its own.</summary>
    bool IsPerMachine { get; }

    /// <summary>Does something to a process at a moment at which that one holds no lock of the queue's.</summary>
    Task DoUnlockedAsync(string dataPath, Action action);

    /// <summary>What it still holds of jobs, in words.</summary>
    /// <param name="dataPaths">The DATA_PATHs of all processes.</param>
    Task<IReadOnlyList<string>> LeftAsync(IReadOnlyCollection<string> dataPaths);
}
