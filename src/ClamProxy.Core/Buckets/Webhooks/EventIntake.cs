using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Core.Buckets.Webhooks;

/// <summary>Takes the messages that stores send to POST /events. A flow is known by its token.</summary>
public sealed class EventIntake
{
    private readonly List<(OpenFlow Flow, byte[] Token)> _flows;
    private readonly StoredEvents _stored;
    private readonly EventSourceOptions _options;

    internal EventIntake(BucketFlows flows, StoredEvents stored, EventSourceOptions options)
    {
        (_stored, _options) = (stored, options);
        _flows = [.. flows.All.Where(flow => flow.Options.SourceUrl is EventSourceUrl.Webhook)
            .Select(flow => (flow, HashOf(flow.Options.Token)))];
    }

    /// <summary>The largest message.</summary>
    public long MostBytes => _options.MaxMessage;

    /// <summary>When a sender may try again while as many wait as may.</summary>
    public TimeSpan RetryAfter => _options.RetryAfter;

    /// <summary>The flow that a token is of. The time that this takes says nothing of how much of it is right.</summary>
    /// <returns>Null: none.</returns>
    public string? FlowOf(string token)
    {
        var given = HashOf(token);
        string? found = null;
        foreach (var (flow, hash) in _flows)
        {
            found = CryptographicOperations.FixedTimeEquals(given, hash) ? flow.Name : found;
        }

        return found;
    }

    /// <param name="flow">What <see cref="FlowOf"/> said.</param>
    /// <param name="body">The message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Jobs.JobStoreException">It may or may not be stored.</exception>
    public async Task<EventReceipt> TakeAsync(string flow, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var of = _flows.First(one => one.Flow.Name == flow).Flow;
        return EventReader.Read(body) switch
        {
            EventMessage.Unreadable { Problem: var problem } => new EventReceipt.Refused(problem),
            EventMessage.Unrelated { What: var what } => new EventReceipt.Unrelated(what),
            EventMessage.Created { Objects: var objects } when of.Flow.ProblemOf(objects) is { } problem =>
                new EventReceipt.Refused(problem),
            _ => await _stored.AddAsync(flow, body, cancellationToken).ConfigureAwait(false)
                ? new EventReceipt.Stored()
                : new EventReceipt.Full(),
        };
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
