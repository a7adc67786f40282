using ClamProxy.Core.Redis;
using StackExchange.Redis;

namespace ClamProxy.Core.Jobs.Redis;

/// <summary>The calls of jobs to their Redis.</summary>
internal sealed class RedisJobCalls(RedisConnection connection, TimeSpan deadline, TimeProvider clock)
{
    /// <summary>All keys of jobs are in one hash slot, so that scripts may use several.</summary>
    public const string Prefix = "{clamproxy:v1:jobs}:";

    private readonly PatientRedisCalls _calls = new(connection, deadline, clock, JobStoreException.Of);

    /// <inheritdoc cref="RedisConnection.Problem"/>
    public string? Problem => _calls.Problem;

    /// <exception cref="JobStoreException">Not connected, no answer in time, or an error as the answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken) =>
        _calls.RunAsync(command, cancellationToken);
}
