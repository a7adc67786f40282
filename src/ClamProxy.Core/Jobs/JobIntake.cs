using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Objects;

namespace ClamProxy.Core.Jobs;

/// <summary>
/// Takes contents to be scanned later.
/// <code>
///   content ──► 1 kept in the object store ──► 2 known as pending, with its callback ──► 3 queued ──► accepted
/// </code>
/// A process that is killed after step 1 leaves a content without a job, and after step 2 a job that is not queued: <see cref="JobSweep"/>
/// sees to both. Only what passed step 3 was told to be accepted.
/// </summary>
public sealed class JobIntake
{
    private readonly JobStores _stores;
    private readonly JobCallbacks _callbacks;
    private readonly JobReport _report;
    private readonly UpstreamGuard _guard;
    private readonly TimeProvider _clock;

    internal JobIntake(JobStores stores, JobCallbacks callbacks, UpstreamGuard guard, JobReport report, TimeProvider clock) =>
        (_stores, _callbacks, _guard, _report, _clock) = (stores, callbacks, guard, report, clock);

    /// <summary>Why no job can be accepted at the moment, in words without secrets; null: nothing is known against it.</summary>
    public string? Problem => _stores.Queue.Problem;

    /// <param name="content">Stays the caller's.</param>
    /// <param name="request">What is said of it.</param>
    /// <param name="clientGone">Ends it before it is accepted.</param>
    public async Task<JobAcceptance> AcceptAsync(ISharedContent content, JobRequest request, CancellationToken clientGone)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(request);
        if (ProblemOf(request.Callback) is { } wrong)
        {
            return new JobAcceptance.Wrong(wrong);
        }

        var job = Make(request) with { Size = content.Length };

        // Step 1: kept in the object store
        using var reader = content.OpenReader();
        return await _stores.Objects.PutAsync(job.Key, reader, clientGone).ConfigureAwait(false) is { } notKept
            ? new JobAcceptance.NotAccepted(notKept)
            : await QueueAsync(job, request.Callback, clientGone).ConfigureAwait(false);
    }

    /// <summary>Takes a URL whose file a worker is to fetch, by the proxy's own rules.</summary>
    public async Task<JobAcceptance> AcceptUrlAsync(string url, JobRequest request, CancellationToken clientGone)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Target.TryParse(url, out var problem) is not { } target)
        {
            return new JobAcceptance.Wrong(problem!);
        }

        if (ProblemOf(request.Callback) is { } wrong)
        {
            return new JobAcceptance.Wrong(wrong);
        }

        if (_guard.CheckName(target.Uri) is { } forbidden)
        {
            return new JobAcceptance.NotAccepted(forbidden);
        }

        var path = target.TextWithoutQuery.TrimEnd('/');
        var name = request.Name ?? Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
        return await QueueAsync(Make(request with { Name = name }) with { Url = target.Text }, request.Callback, clientGone)
            .ConfigureAwait(false);
    }

    private string? ProblemOf(string? callback) => callback is null ? null : _callbacks.ProblemOf(callback);

    private async Task<JobAcceptance> QueueAsync(Job job, string? callback, CancellationToken clientGone)
    {
        try
        {
            // Step 2: known as pending, with its callback
            await _stores.Results.AddAsync(job, clientGone).ConfigureAwait(false);
            if (callback is not null)
            {
                await _callbacks.AddFirstAsync(job, callback, clientGone).ConfigureAwait(false);
            }

            // Step 3: queued
            if (await _stores.Queue.AddAsync(job, clientGone).ConfigureAwait(false))
            {
                _report.Accepted(job);
                return new JobAcceptance.Accepted(job);
            }
        }
        catch (JobStoreException e)
        {
            // It may be queued: its content stays, until the sweep knows better.
            return new JobAcceptance.NotAccepted(
                new Failure(FailureReason.JobsUnavailable, "The queue of jobs cannot be used at the moment.", e));
        }

        await TakeBackAsync(job).ConfigureAwait(false);
        return new JobAcceptance.NotAccepted(
            new Failure(FailureReason.Overloaded, "As many jobs wait as may (ClamProxy:Jobs:MaxWaiting)."));
    }

    private Job Make(JobRequest request)
    {
        var now = _clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString();
        var name = FileNames.Plain(request.Name);
        return new Job(id, _stores.Objects.Name, ObjectKey.Of(id, name), name, request.Priority, now)
        {
            Client = request.Client,
        };
    }

    private async Task TakeBackAsync(Job job)
    {
        try
        {
            await _stores.Callbacks.RemoveAllAsync(job.Id, CancellationToken.None).ConfigureAwait(false);
            await _stores.Results.DeleteAsync(job.Id, CancellationToken.None).ConfigureAwait(false);
            await _stores.Objects.DeleteAsync(job.Key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (JobStoreException e)
        {
            _report.NotTakenBack(job, e);
        }
    }
}
