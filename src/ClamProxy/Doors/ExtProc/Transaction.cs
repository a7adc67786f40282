using ClamProxy.Core.Failures;
using ClamProxy.Core.Requests;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.Messages;
using ClamProxy.Tracking;
using Grpc.Core;

namespace ClamProxy.Doors.ExtProc;

/// <summary>
/// One stream of Envoy, which is one HTTP transaction: reads its messages, one by one, and gives each to its direction.
/// <code>
///   message ──► 1 the first one: how bodies are sent (protocol_config)
///                ▼
///              2 of a request or a response? ──► its <see cref="TransactionDirection"/>
///                ▼                                  held, spooled, judged, answered
///              3 Envoy has ended: every answer is out ──► OK;  a body had no end ──► error
/// </code>
/// The stream ends with OK only behind the last answer or an immediate response: Envoy takes OK for leave to go on without a verdict.
/// </summary>
internal sealed class Transaction : IDisposable
{
    private static readonly IReadOnlyList<string> RangeFields = ["range", "if-range"];

    private readonly TransactionParts _parts;
    private readonly RequestTrack _track;
    private readonly string? _peer;
    private readonly bool _isTrusted;
    private readonly AnswerWriter _answers;
    private readonly CancellationTokenSource _work;
    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenSource _reading;
    private Exception? _fault;
    private TransactionDirection? _request;
    private TransactionDirection? _response;

    /// <param name="parts">What every transaction needs.</param>
    /// <param name="track">Where what becomes of it is noted.</param>
    /// <param name="answers">To Envoy.</param>
    /// <param name="peer">Who sends the stream.</param>
    /// <param name="isTrusted">Whether that says truly who its clients are.</param>
    /// <param name="gone">Envoy has left.</param>
    public Transaction(
        TransactionParts parts,
        RequestTrack track,
        IServerStreamWriter<ProcessingResponse> answers,
        string? peer,
        bool isTrusted,
        CancellationToken gone)
    {
        (_parts, _track, _peer, _isTrusted) = (parts, track, peer, isTrusted);
        _late = new CancellationTokenSource(parts.Options.StreamTimeout, parts.Clock);
        _work = CancellationTokenSource.CreateLinkedTokenSource(gone, _late.Token);
        _reading = new CancellationTokenSource(Timeout.InfiniteTimeSpan, parts.Clock);
        _answers = new AnswerWriter(answers, parts.Options.WriteTimeout, parts.Clock, Ended);
    }

    /// <summary>Handles the whole stream.</summary>
    /// <exception cref="RpcException">It ends without a verdict.</exception>
    public async Task RunAsync(IAsyncStreamReader<ProcessingRequest> messages, CancellationToken gone)
    {
        try
        {
            await ReadAllAsync(messages, gone);
        }
        catch (Exception e) when (gone.IsCancellationRequested || (e is IOException and not SlowEnvoyException && _fault is null))
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "Envoy has left."), e.Message);
        }
        catch (OperationCanceledException) when (_answers.IsOver && _fault is null)
        {
            // The transaction has been answered, and Envoy has not ended the stream in time.
        }
        catch (Exception e)
        {
            await FailAsync(_fault ?? e);
        }
        finally
        {
            await _work.CancelAsync();
            await Task.WhenAll(_request?.StopAsync() ?? Task.CompletedTask, _response?.StopAsync() ?? Task.CompletedTask);
        }
    }

    public void Dispose()
    {
        _request?.Dispose();
        _response?.Dispose();
        _answers.Dispose();
        _reading.Dispose();
        _work.Dispose();
        _late.Dispose();
    }

    private async Task ReadAllAsync(IAsyncStreamReader<ProcessingRequest> messages, CancellationToken gone)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(gone, _late.Token, _reading.Token);
        while (await messages.MoveNext(any.Token))
        {
            if (!_answers.IsOver)
            {
                await HandleAsync(messages.Current, _work.Token);
            }
        }

        if (_answers.IsOver)
        {
            return;
        }

        var areWhole = await Task.WhenAll(
            _request?.EnvoyEndedAsync() ?? Task.FromResult(true), _response?.EnvoyEndedAsync() ?? Task.FromResult(true));
        if (_fault is not null || !areWhole.All(isWhole => isWhole))
        {
            throw _fault ?? new RpcException(new Status(StatusCode.Aborted, "The stream ended before the end of a body."));
        }
    }

    private Task HandleAsync(ProcessingRequest message, CancellationToken cancelled)
    {
        if (_request is null || _response is null)
        {
            Begin(message.ProtocolConfig);
        }

        // Envoy has messages of other kinds, and will have more: what says nothing of the transaction has no answer.
        return message.RequestCase switch
        {
            _ when message.ObservabilityMode => ObservedAsync(cancelled),
            ProcessingRequest.RequestOneofCase.RequestHeaders => OnRequestHeadersAsync(message.RequestHeaders, cancelled),
            ProcessingRequest.RequestOneofCase.ResponseHeaders => _response!.OnHeadersAsync(
                message.ResponseHeaders.EndOfStream,
                HeadReader.Response(message.ResponseHeaders, _request!.Message, _peer),
                [],
                cancelled),
            ProcessingRequest.RequestOneofCase.RequestBody => _request!.OnBodyAsync(message.RequestBody, cancelled),
            ProcessingRequest.RequestOneofCase.ResponseBody => _response!.OnBodyAsync(message.ResponseBody, cancelled),
            ProcessingRequest.RequestOneofCase.RequestTrailers => _request!.OnTrailersAsync(cancelled),
            ProcessingRequest.RequestOneofCase.ResponseTrailers => _response!.OnTrailersAsync(cancelled),
            _ => Task.CompletedTask,
        };
    }

    private void Begin(ProtocolConfiguration? config)
    {
        var isScanned = config is null || config.RequestBodyMode != BodySendMode.None || config.ResponseBodyMode != BodySendMode.None;
        var letsUnheldPass = _parts.Options.Streamed == UnheldBodies.Allow;
        _request = Make(Direction.Request, config?.RequestBodyMode);
        _response = Make(Direction.Response, config?.ResponseBodyMode);

        TransactionDirection Make(Direction direction, BodySendMode? mode) => new(
            direction, new DirectionState(mode, isScanned, letsUnheldPass), mode, _parts, _track, _answers, Break);
    }

    /// <summary>A part of a file says nothing of the whole: where answers are scanned, upstream is asked for all of it.</summary>
    private Task OnRequestHeadersAsync(HttpHeaders headers, CancellationToken cancelled)
    {
        var message = HeadReader.Request(headers, _peer, _isTrusted);

        // Not async: the id holds for all that is read of the stream from here on.
        _track.Take(message);
        RequestId.Current = _track.Id;
        var removed = _response!.IsScanned
            ? RangeFields.Where(name => message.RequestFields.Any(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
            : [];
        return _request!.OnHeadersAsync(headers.EndOfStream, message, [.. removed], cancelled);
    }

    private Task ObservedAsync(CancellationToken cancelled)
    {
        var problem = TroubleProblem.Of(Direction.Request, Trouble.Observed);
        _parts.Report.Unusable(Direction.Request, Trouble.Observed, problem);
        _track.Refused(problem.Status, problem.Kind);
        return _answers.WriteAsync(
            ImmediateAnswer.Of(MessageReply.Of(HeadReader.Nothing, problem, []), problem.Kind, null), cancelled);
    }

    /// <summary>An immediate response is out: nothing else is, and Envoy has a while to end the stream.</summary>
    private void Ended()
    {
        _reading.CancelAfter(_parts.Options.CloseTimeout);
        _work.Cancel();
    }

    /// <summary>A direction failed beside the reading.</summary>
    private void Break(Exception fault)
    {
        _fault = fault;
        _reading.Cancel();
    }

    /// <summary>Ends the stream with an error, with an answer first if Envoy takes one: it holds whatever Envoy does with errors.</summary>
    private async Task FailAsync(Exception fault)
    {
        if (fault is SlowEnvoyException)
        {
            throw fault;
        }

        var failure = FailureOf(fault);
        _track.Failed(failure.Reason.Facts().Tag);
        if (!_answers.IsOver)
        {
            var message = _response?.Message ?? _request?.Message ?? HeadReader.Nothing;
            var reply = MessageReply.Of(message, _parts.Judge.DecideNotTaken(message, failure), _parts.RetryAfter)!;
            _track.Status = reply.Status;
            await _answers.WriteAsync(ImmediateAnswer.Of(reply, failure.Reason.Facts().Tag, null), CancellationToken.None);
        }

        throw new RpcException(new Status(StatusCode.Aborted, failure.Detail));
    }

    private Failure FailureOf(Exception fault)
    {
        switch (fault)
        {
            case RpcException { StatusCode: StatusCode.ResourceExhausted }:
                _parts.Report.TooLarge(_parts.Options.MaxMessage);
                return new Failure(
                    FailureReason.TooLarge,
                    $"The body is larger than one message may be (EXT_PROC_MAX_MESSAGE, {_parts.Options.MaxMessage} bytes).");
            case RpcException { StatusCode: StatusCode.Aborted }:
                return new Failure(FailureReason.BodyBroken, "The body broke off before its end.");
            case OperationCanceledException when _late.IsCancellationRequested:
                _parts.Report.TooOld(_parts.Options.StreamTimeout);
                return new Failure(
                    FailureReason.BodyTimedOut,
                    $"The stream was open for {_parts.Options.StreamTimeout} (ClamProxy:ExtProc:StreamTimeout).");
            default:
                _parts.Report.Failed(fault);
                return new Failure(FailureReason.Internal, "An internal error of ClamProxy; its log has the details.", fault);
        }
    }
}
