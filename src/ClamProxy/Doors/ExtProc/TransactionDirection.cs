using ClamProxy.Core.Failures;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Scanning;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.Messages;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.ExtProc;

/// <summary>
/// One direction of one transaction: what <see cref="DirectionState"/> says is done here. Envoy's messages are handled one by one as they
/// come; a body's scan and its answer go on beside that, so that the other direction is read meanwhile.
/// </summary>
internal sealed class TransactionDirection(
    Direction direction,
    DirectionState state,
    BodySendMode? mode,
    TransactionParts parts,
    RequestTrack track,
    AnswerWriter answers,
    Action<Exception> broken)
    : IDisposable
{
    private readonly Lock _gate = new();
    private LentMessage? _message;
    private IReadOnlyList<string> _removed = [];
    private BodyFeed? _feed;
    private BufferRoom.Place? _room;
    private Task _judging = Task.CompletedTask;

    /// <summary>The head, once it came.</summary>
    public LentMessage? Message => _message;

    /// <summary>Whether its bodies come here.</summary>
    public bool IsScanned => mode is not (null or BodySendMode.None);

    /// <param name="isEnd">Whether there is no more than them.</param>
    /// <param name="message">The head that they are.</param>
    /// <param name="removed">Header fields that do not go on where the message passes.</param>
    public async Task OnHeadersAsync(bool isEnd, LentMessage message, IReadOnlyList<string> removed, CancellationToken cancelled)
    {
        (_message, _removed) = (message, removed);
        track.Status = message.Status ?? track.Status;
        var step = Step(() => state.OnHeaders(isEnd));
        if (step == DirectionStep.Refuse)
        {
            await RefuseAsync(cancelled);
        }
        else if ((direction == Direction.Request || state.IsOpen)
            && await parts.Judge.FindRefusalAsync(message, cancelled) is { } known)
        {
            // A response whose body is not shown, or that has none, is nothing to refuse.
            await EndAsync(known, cancelled);
        }
        else if (step == DirectionStep.Hold)
        {
            BeginBody(cancelled);
        }
        else if (!state.IsOpen || !state.IsInOneMessage || await TakeRoomAsync(message, cancelled))
        {
            await answers.WriteAsync(Answers.Headers(direction, removed), cancelled);
            if (!state.IsOpen)
            {
                parts.Report.Ended(direction, isEnd ? MessageEnd.NoBody : MessageEnd.Unseen);
            }
        }
    }

    public async Task OnBodyAsync(HttpBody body, CancellationToken cancelled)
    {
        var step = Step(() => state.OnBody(body.Body.IsEmpty, body.EndOfStream || body.EndOfStreamWithoutMessage));
        switch (step)
        {
            case DirectionStep.Refuse:
                await RefuseAsync(cancelled);
                return;
            case DirectionStep.Ignore:
                parts.Report.Ignored();
                return;
            case DirectionStep.TakeAndContinue when state.IsInOneMessage:
                // An empty one, before the one that is the body.
                await answers.WriteAsync(Answers.Body(direction), cancelled);
                return;
        }

        var feed = BeginBody(cancelled);
        await feed.WriteAsync(body.Body.Memory, cancelled);
        if (step == DirectionStep.Judge)
        {
            feed.End();
        }
        else if (step == DirectionStep.TakeAndContinue)
        {
            await answers.WriteAsync(Answers.Body(direction), cancelled);
        }
    }

    public async Task OnTrailersAsync(CancellationToken cancelled)
    {
        switch (Step(state.OnTrailers))
        {
            case DirectionStep.Refuse:
                await RefuseAsync(cancelled);
                break;
            case DirectionStep.Ignore:
                parts.Report.Ignored();
                break;
            case DirectionStep.Continue:
                _room?.Dispose();
                await answers.WriteAsync(Answers.Trailers(direction), cancelled);
                break;
            case DirectionStep.Judge:
                BeginBody(cancelled).End();
                break;
        }
    }

    /// <summary>Envoy sends no more. Waits for the answer to what is whole.</summary>
    /// <returns>False: the message had not ended, and does not pass.</returns>
    public async Task<bool> EnvoyEndedAsync()
    {
        var isWhole = Step(() => !state.IsOpen);
        if (!isWhole)
        {
            _feed?.Break("Envoy ended the stream before the end of the body.");
            parts.Report.Unfinished(direction);
        }

        await _judging;
        return isWhole;
    }

    /// <summary>Waits until nothing of it is under way, once its token was cancelled.</summary>
    public Task StopAsync() => _judging;

    public void Dispose() => _room?.Dispose();

    /// <summary>Begins to take the body, if that was not done.</summary>
    private BodyFeed BeginBody(CancellationToken cancelled)
    {
        if (_feed is null)
        {
            _feed = new BodyFeed();

            // Of a body whose rest is not shown, the length is no measure.
            _judging = JudgeAsync(state.IsPartial ? HeadReader.WithoutLength(_message!) : _message!, _feed.Body, cancelled);
        }

        return _feed;
    }

    private async Task JudgeAsync(LentMessage message, Stream body, CancellationToken cancelled)
    {
        using var span = ExtProcTrace.Body(direction, mode);
        try
        {
            Func<Task>? askForTime = state.IsDuplex || parts.Options.AskForTime == TimeSpan.Zero
                ? null
                : () => answers.WriteAsync(Answers.MoreTime(parts.Options.AskForTime), cancelled);
            using var judged = await parts.Judge.JudgeAsync(message, body, () => _room?.Dispose(), askForTime, cancelled);
            track.Take(judged.Decision);
            if (judged.Passes)
            {
                try
                {
                    await PassAsync(judged, cancelled);
                }
                finally
                {
                    // Of what broke off a part may have arrived.
                    await RecordAsync(judged);
                }

                parts.Report.Ended(direction, MessageEnd.Passed);
                span.Ended(MessageEnd.Passed);
            }
            else
            {
                span.Ended(await EndAsync(judged.Decision, cancelled));
            }
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            parts.Report.Ended(direction, MessageEnd.Left);
            span.Ended(MessageEnd.Left);
        }
        catch (Exception e)
        {
            span.Ended(MessageEnd.Failed);
            broken(e);
        }
    }

    private async Task PassAsync(JudgedBody judged, CancellationToken cancelled)
    {
        var verdict = VerdictMetadata.Of(direction, judged.Decision, state.IsPartial);
        if (state.IsDuplex)
        {
            var headers = Answers.Headers(direction, _removed);
            headers.DynamicMetadata = verdict;
            await MessagePass.WholeAsync(answers, direction, headers, judged.File!, state.EndedByTrailers, cancelled);
            Step(state.Judged);
            return;
        }

        await MessagePass.KeptAsync(answers, direction, state.EndedByTrailers, verdict, cancelled);
        if (Step(state.Judged))
        {
            await answers.WriteAsync(Answers.Trailers(direction), cancelled);
        }
    }

    private ValueTask RecordAsync(JudgedBody judged)
    {
        var (bytes, verdict) = (judged.File?.Length ?? 0, ((ScanDecision.Judged)judged.Decision).Verdict);
        track.Delivered(bytes);
        return parts.Tracker.RecordAsync(
            track, verdict.Sha256, verdict.Verdict, bytes, direction == Direction.Request ? "ext-proc-request" : "ext-proc");
    }

    /// <summary>Takes memory for a body in one message, or ends the transaction.</summary>
    private async Task<bool> TakeRoomAsync(LentMessage message, CancellationToken cancelled)
    {
        var length = message.TryReadLength(out var announced) ? announced : null;
        var failure = length > parts.Options.MaxMessage
            ? new Failure(
                FailureReason.TooLarge,
                $"The body has {length} bytes, and {parts.Options.MaxMessage} may come in one message (EXT_PROC_MAX_MESSAGE).")
            : (_room = parts.Room.TryTake(length)) is null
            ? new Failure(FailureReason.Overloaded, "Too many bodies are waited for in one message (ClamProxy:ExtProc:BufferedTotal).")
            : null;
        if (failure is not null)
        {
            await EndAsync(parts.Judge.DecideNotTaken(message, failure), cancelled);
        }

        return failure is null;
    }

    /// <summary>Ends the transaction: this does not pass.</summary>
    private async Task<MessageEnd> EndAsync(ScanDecision decision, CancellationToken cancelled)
    {
        var reply = MessageReply.Of(_message!, decision, parts.RetryAfter)
            ?? throw new InvalidOperationException("what passes was refused");
        track.Take(decision);
        track.Status = reply.Status;
        var kind = decision is ScanDecision.Failed { Failure.Reason: var reason } ? reason.Facts().Tag : VerdictMetadata.Name(decision);
        var end = decision is ScanDecision.Failed ? MessageEnd.Failed : MessageEnd.Refused;
        await answers.WriteAsync(
            ImmediateAnswer.Of(reply, kind, VerdictMetadata.Of(direction, decision, state.IsPartial)), cancelled);
        parts.Report.Ended(direction, end);
        return end;
    }

    private Task RefuseAsync(CancellationToken cancelled)
    {
        var problem = TroubleProblem.Of(direction, state.Trouble);
        parts.Report.Unusable(direction, state.Trouble, problem);
        track.Refused(problem.Status, problem.Kind);
        return answers.WriteAsync(
            ImmediateAnswer.Of(MessageReply.Of(_message ?? HeadReader.Nothing, problem, []), problem.Kind, null), cancelled);
    }

    private T Step<T>(Func<T> step)
    {
        lock (_gate)
        {
            return step();
        }
    }
}
