namespace ClamProxy.Core.Names;

/// <summary>One name that is to be resolved, for everybody who asks for it meanwhile. Guarded by <see cref="NameResolver"/>.</summary>
internal sealed class NameQuery(string name)
{
    private readonly TaskCompletionSource<NameLookupResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;

    public Task<NameLookupResult> Answer => _answer.Task;

    /// <summary>Requests that wait for the answer.</summary>
    public int Waiters { get; set; }

    /// <summary>The clients in whose turn it may be started.</summary>
    public List<ClientNames> Lines { get; } = [];

    /// <summary>The client in whose turn it was started; null while it waits for a thread.</summary>
    public ClientNames? StartedFor { get; set; }

    /// <summary>When it was started, in the clock's timestamps.</summary>
    public long StartedAt { get; set; }

    public void Complete(NameLookupResult answer) => _answer.SetResult(answer);
}
