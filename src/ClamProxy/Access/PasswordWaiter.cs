namespace ClamProxy.Access;

/// <summary>
/// One password that waits to be checked, for every request of its client that shows the same. Guarded by <see cref="PasswordCheck"/>.
/// </summary>
/// <param name="client">Who shows it.</param>
/// <param name="whose">The index of the credential that it is to match; negative: nobody has that name.</param>
/// <param name="mark">What this process knows the password by.</param>
internal sealed class PasswordWaiter(string client, int whose, byte[] secret, byte[] mark)
{
    private readonly TaskCompletionSource<AccessOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Client => client;

    public int Whose => whose;

    public byte[] Secret => secret;

    public byte[] Mark => mark;

    /// <summary>Requests that wait for the outcome.</summary>
    public int Requests { get; set; } = 1;

    public Task<AccessOutcome> Outcome => _outcome.Task;

    public void Complete(AccessOutcome outcome) => _outcome.TrySetResult(outcome);
}
