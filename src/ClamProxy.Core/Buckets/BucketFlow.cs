using ClamProxy.Core.Admission;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Buckets.Webhooks;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// What happens to one object of an untrusted bucket.
/// <code>
///   1 find     the version that the event names; gone: nothing to do
///   2 bring    its bytes into the spool, on the condition that they are that version's
///   3 scan     what is in the spool
///   4 place    the bytes that were scanned, from the spool, in the clean or the quarantine bucket; a report beside those in quarantine
///   5 tell     the event of a clean object is sent on; a notice of any other is sent
///   6 remove   that version of the source, and no other
/// </code>
/// Killed at any step, the next delivery of the event does all steps again: until 6 the object is where it was, and 4 puts the same bytes
/// once more.
/// </summary>
internal sealed class BucketFlow(
    BucketFlowOptions options, BucketSet buckets, BucketPlacement placement, S3Intake intake, ContentScanner scanner, BucketNotices notices)
{
    private const string Gone = "it is not there any more";

    private readonly KeyPatterns _keys = options.KeyPatterns;

    /// <summary>What is known of the store; null: nothing yet, and what a condition says is looked up too.</summary>
    public StoreConditions? Conditions
    {
        get => placement.Conditions;
        set => placement.Conditions = value;
    }

    /// <summary>Why an object is not this flow's: it is elsewhere, or one that we wrote; null: it is.</summary>
    public string? Refuse(ObjectEvent told) =>
        options.UntrustedPlace is { } untrusted && !untrusted.Has(told.Bucket, told.Key) ? "it is outside Untrusted"
        : options.CleanPlace?.Has(told.Bucket, told.Key) is true ? "it is in Clean"
        : options.QuarantinePlace?.Has(told.Bucket, told.Key) is true ? "it is in Quarantine"
        : !_keys.Takes(told.Key) ? "its key is none of Keys"
        : ConditionProbe.IsProbe(told.Key) ? "it is a probe of ours"
        : null;

    /// <summary>
    /// Why a message is refused: an object of it is in a bucket that this flow has nothing to do with, so that somebody set up the wrong
    /// source; null: it is not.
    /// </summary>
    public string? ProblemOf(IReadOnlyList<ObjectEvent> objects) => objects.FirstOrDefault(IsOfAnother) is { } other
        ? $"It is of bucket {other.Bucket}, which is none of this flow's."
        : null;

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<FlowResult> RunAsync(ObjectEvent told, CancellationToken isOver)
    {
        var result = await TryAsync(told, isOver).ConfigureAwait(false);
        if (result is FlowResult.Later && options.OnError == ErrorAction.Tag)
        {
            await TagErrorAsync(told, isOver).ConfigureAwait(false);
        }

        return result;
    }

    private async Task<FlowResult> TryAsync(ObjectEvent told, CancellationToken isOver)
    {
        try
        {
            return Refuse(told) is { } why ? new FlowResult.Unneeded(why) : await DoAsync(told, isOver).ConfigureAwait(false);
        }
        catch (S3Exception e)
        {
            var reason = e.Fault == S3Fault.Changed ? FailureReason.ContentChanged : FailureReason.ObjectsUnavailable;
            return new FlowResult.Later(new Failure(reason, $"The object stays: {e.Message}.", e));
        }
        catch (Exception e) when (e is SqsException or SnsException or NoticeException)
        {
            return new FlowResult.Later(new Failure(FailureReason.JobsUnavailable, $"The object stays: {e.Message}.", e));
        }
    }

    private bool IsOfAnother(ObjectEvent told) =>
        options.UntrustedPlace is { } untrusted
        && told.Bucket != untrusted.Bucket
        && told.Bucket != options.CleanPlace?.Bucket
        && told.Bucket != options.QuarantinePlace?.Bucket;

    private async Task<FlowResult> DoAsync(ObjectEvent told, CancellationToken isOver)
    {
        // Step 1: find
        var source = buckets.Of(told.Bucket);
        if (await source.FindAsync(told.Key, told.VersionId, isOver).ConfigureAwait(false) is not { } state)
        {
            return new FlowResult.Unneeded(Gone);
        }

        if (state.Archived is { } archive)
        {
            return new FlowResult.Later(
                new Failure(FailureReason.ObjectsUnavailable, $"The object is in {archive} and has to be restored."));
        }

        // Step 2: bring
        var subject = new ScanSubject($"s3://{told.Bucket}/{told.Key}") { Door = "buckets" };
        var takesAnySize = scanner.TakesAnySize(subject);
        if (!takesAnySize && intake.Refuse(state.Version.Length) is { } tooLarge)
        {
            return scanner.DecideNotTaken(tooLarge) is ScanDecision.Judged unscannable
                ? await EndAsync(told, source, state, unscannable, null, isOver).ConfigureAwait(false)
                : new FlowResult.Later(tooLarge);
        }

        var body = source.Open(state);
        await using var bodyEnd = body.ConfigureAwait(false);
        var taken = await intake.TakeAsync(body, state.Version.Length, WaitingClients.Of(null), takesAnySize, isOver).ConfigureAwait(false);
        if (taken is not IntakeResult.Taken { File: var file })
        {
            return new FlowResult.Later(((IntakeResult.NotTaken)taken).Failure);
        }

        using (file)
        {
            // Step 3: scan
            return await scanner.ScanAsync(subject, file, isOver).ConfigureAwait(false) switch
            {
                ScanDecision.Judged judged => await EndAsync(told, source, state, judged, file, isOver).ConfigureAwait(false),
                ScanDecision.Failed failed => new FlowResult.Later(failed.Failure),
                _ => throw new InvalidOperationException("a decision of a kind that nobody knows"),
            };
        }
    }

    /// <summary>Steps 4 to 6.</summary>
    /// <param name="file">The bytes that were scanned; null: it is too large to be scanned, and goes to quarantine as it is.</param>
    private async Task<FlowResult> EndAsync(
        ObjectEvent told, BucketObjects source, ObjectState state, ScanDecision.Judged judged, SpoolFile? file, CancellationToken isOver)
    {
        // Step 4: place
        if (await source.TagsAsync(state, isOver).ConfigureAwait(false) is not { } tags)
        {
            return new FlowResult.Unneeded(Gone);
        }

        var scanned = new ScannedObject(told, state, judged.Verdict, ScanTags.Merge(tags, judged.Verdict), file);
        var isRefused = judged is ScanDecision.Refused;
        var action = ActionFor(judged);
        if (action == BucketAction.Tag)
        {
            if (!await source.MarkAsync(state, scanned.Tags, isOver).ConfigureAwait(false))
            {
                return new FlowResult.Later(new Failure(FailureReason.ContentChanged, "The object was replaced while it was scanned."));
            }
        }
        else if (action != BucketAction.Leave)
        {
            await (isRefused
                ? placement.QuarantineAsync(source, scanned, isOver)
                : placement.PassAsync(source, scanned, isOver)).ConfigureAwait(false);
        }

        if (action is BucketAction.Leave or BucketAction.Copy && options.OnError == ErrorAction.Tag && ScanTags.HasError(tags))
        {
            await source.MarkAsync(state, ScanTags.Without(tags), isOver).ConfigureAwait(false);
        }

        // Step 5: tell
        await notices.TellAsync(source, scanned, isRefused, isOver).ConfigureAwait(false);

        // Step 6: remove
        if (action == BucketAction.Move)
        {
            await RemoveAsync(source, state, isOver).ConfigureAwait(false);
        }

        return new FlowResult.Done(judged, state.Version.Length)
        {
            PassedTo = !isRefused && action is (BucketAction.Move or BucketAction.Copy) && options.CleanPlace is { } clean
                ? $"s3://{clean.Bucket}/{clean.Prefix}{told.Key}"
                : null,
        };
    }

    private BucketAction ActionFor(ScanDecision.Judged judged)
    {
        var action = (judged is not ScanDecision.Refused ? options.OnClean
            : judged.Verdict.Verdict == Verdict.Infected ? options.OnInfected
            : options.OnUnscannable) ?? options.Action;
        return judged is not ScanDecision.Refused && options.CleanPlace is null && (action is BucketAction.Move or BucketAction.Copy)
            ? BucketAction.Tag
            : action;
    }

    /// <summary>As far as it can be done: the object may be what cannot be reached. Tags of a verdict stay.</summary>
    private async Task TagErrorAsync(ObjectEvent told, CancellationToken isOver)
    {
        try
        {
            var source = buckets.Of(told.Bucket);
            if (await source.FindAsync(told.Key, told.VersionId, isOver).ConfigureAwait(false) is { } state
                && await source.TagsAsync(state, isOver).ConfigureAwait(false) is { } tags
                && ScanTags.WithError(tags) is { } marked)
            {
                await source.MarkAsync(state, marked, isOver).ConfigureAwait(false);
            }
        }
        catch (S3Exception)
        {
            // The attempt's own failure is what is told.
        }
    }

    private async Task RemoveAsync(BucketObjects source, ObjectState state, CancellationToken isOver)
    {
        try
        {
            await source.DeleteAsync(state, Conditions is { OnDeletions: true }, isOver).ConfigureAwait(false);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Changed)
        {
            // It was replaced after it was placed: what is there now has an event of its own.
        }
    }
}
