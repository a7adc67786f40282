using ClamProxy.Core.Admission;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// What happens to one object of an untrusted bucket.
/// <code>
///   1 find     the version that the event names; gone: nothing to do
///   2 bring    its bytes into the spool, on the condition that they are that version's
///   3 scan     what is in the spool
///   4 place    the bytes that were scanned, from the spool, in the clean or the quarantine bucket; a report beside those in quarantine
///   5 remove   that version of the source, and no other
/// </code>
/// Killed at any step, the next delivery of the event does all steps again: until 5 the object is where it was, and 4 puts the same bytes
/// once more.
/// </summary>
internal sealed class BucketFlow(
    string name, BucketFlowOptions options, BucketSet buckets, BucketPlacement placement, S3Intake intake, ContentScanner scanner, BucketReport report)
{
    private readonly S3Place _untrusted = options.UntrustedPlace!;

    public string Name => name;

    /// <summary>Whether an object is this flow's: in its bucket, below its prefix, and not one that we wrote.</summary>
    public bool Takes(ObjectEvent told) =>
        told.Bucket == _untrusted.Bucket
        && told.Key.StartsWith(_untrusted.Prefix, StringComparison.Ordinal)
        && !IsOurs(options.CleanPlace, told.Key)
        && !IsOurs(options.QuarantinePlace, told.Key);

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<FlowResult> RunAsync(ObjectEvent told, CancellationToken isOver)
    {
        try
        {
            var result = await DoAsync(told, isOver).ConfigureAwait(false);
            report.Ended(name, told, result);
            return result;
        }
        catch (S3Exception e)
        {
            var reason = e.Fault == S3Fault.Changed ? FailureReason.ContentChanged : FailureReason.ObjectsUnavailable;
            var result = new FlowResult.Later(new Failure(reason, $"The object could not be moved: {e.Message}.", e));
            report.Ended(name, told, result);
            return result;
        }
    }

    private async Task<FlowResult> DoAsync(ObjectEvent told, CancellationToken isOver)
    {
        // Step 1: find
        var source = buckets.Of(_untrusted);
        if (await source.FindAsync(told.Key, told.VersionId, isOver).ConfigureAwait(false) is not { } state)
        {
            return new FlowResult.Unneeded("it is not there any more");
        }

        if (state.Archived is { } archive)
        {
            return new FlowResult.Later(new Failure(FailureReason.ObjectsUnavailable, $"The object is in {archive} and has to be restored."));
        }

        // Step 2: bring
        var subject = new ScanSubject($"s3://{_untrusted.Bucket}/{told.Key}");
        if (scanner.TakesAnySize(subject) || intake.Refuse(state.Version.Length) is not { } tooLarge)
        {
            var body = source.Open(state);
            await using var bodyEnd = body.ConfigureAwait(false);
            var taken = await intake.TakeAsync(body, state.Version.Length, WaitingClients.Of(name), isOver).ConfigureAwait(false);
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

        return scanner.DecideNotTaken(tooLarge) is ScanDecision.Judged unscannable
            ? await EndAsync(told, source, state, unscannable, null, isOver).ConfigureAwait(false)
            : new FlowResult.Later(tooLarge);
    }

    /// <summary>Steps 4 and 5.</summary>
    /// <param name="file">The bytes that were scanned; null: it is too large to be scanned, and goes to quarantine as it is.</param>
    private async Task<FlowResult> EndAsync(
        ObjectEvent told, BucketObjects source, ObjectState state, ScanDecision.Judged judged, SpoolFile? file, CancellationToken isOver)
    {
        // Step 4: place
        var tags = ScanTags.Merge(await source.TagsAsync(state, isOver).ConfigureAwait(false), judged.Verdict);
        if (options.Action == BucketAction.Tag)
        {
            await source.TagAsync(state, tags, isOver).ConfigureAwait(false);
            return await IsStillAsync(source, told, state, isOver).ConfigureAwait(false)
                ? new FlowResult.Done(judged)
                : new FlowResult.Later(new Failure(FailureReason.ContentChanged, "The object was replaced while it was scanned."));
        }

        var scanned = new ScannedObject(told, state, judged.Verdict, tags, file);
        await (judged is ScanDecision.Refused
            ? placement.QuarantineAsync(source, scanned, isOver)
            : placement.PassAsync(scanned, isOver)).ConfigureAwait(false);

        // Step 5: remove
        if (options.Action == BucketAction.Move)
        {
            await RemoveAsync(source, state, isOver).ConfigureAwait(false);
        }

        return new FlowResult.Done(judged);
    }

    private static async Task<bool> IsStillAsync(BucketObjects source, ObjectEvent told, ObjectState state, CancellationToken isOver) =>
        (await source.FindAsync(told.Key, told.VersionId, isOver).ConfigureAwait(false))?.Version == state.Version;

    private static async Task RemoveAsync(BucketObjects source, ObjectState state, CancellationToken isOver)
    {
        try
        {
            await source.DeleteAsync(state, isOver).ConfigureAwait(false);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Changed)
        {
            // It was replaced after it was placed: what is there now has an event of its own.
        }
    }

    private bool IsOurs(S3Place? place, string key) =>
        place is { Prefix.Length: > 0 } && place.Bucket == _untrusted.Bucket && key.StartsWith(place.Prefix, StringComparison.Ordinal);
}
