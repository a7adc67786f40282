using System.Buffers;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Unproved;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Delivery;

/// <summary>
/// A body that is trickled to a client while it is downloaded and scanned: always some bytes behind what is here, and never the whole of
/// it. What was sent is hashed, and the scanned body must begin with it, or the rest is never sent. Before the first byte leaves, the
/// transfer is remembered (<see cref="UnprovedTransfers"/>), until the client has the whole file.
/// </summary>
public sealed class TrickledBody : IAsyncDisposable
{
    private readonly Flight _flight;
    private readonly GateRequest _request;
    private readonly UpstreamHead _head;
    private readonly GateOptions _options;
    private readonly TricklePace _pace;
    private readonly TrickleCallbacks _ends;
    private readonly Func<ValueTask<UnprovedTransfer?>> _remember;
    private readonly bool _isShared;
    private IncomingBody _incoming;
    private UnprovedTransfer? _transfer;
    private bool _hasLeft;

    internal TrickledBody(
        Flight flight,
        GateRequest request,
        IncomingBody incoming,
        bool isShared,
        GateOptions options,
        TimeProvider clock,
        TrickleCallbacks ends,
        Func<ValueTask<UnprovedTransfer?>> remember)
    {
        _flight = flight;
        _request = request;
        _incoming = incoming;
        _isShared = isShared;
        _head = incoming.Head;
        Length = incoming.Announced;
        _options = options;
        _pace = new TricklePace(options, clock);
        _ends = ends;
        _remember = remember;
    }

    /// <summary>Bytes in all; null where upstream did not say.</summary>
    public long? Length { get; }

    /// <summary>Whether a part of the body is long enough for a trickle: its last bytes are never sent before the verdict.</summary>
    public bool CanTrickle(long length) => length > _options.HoldBackBytes;

    /// <summary>Has the transfer remembered, which comes before a trickle.</summary>
    /// <returns>False when there is no room for it: the client has to wait for the verdict.</returns>
    public async ValueTask<bool> TryBeginAsync() => (_transfer = await _remember().ConfigureAwait(false)) is not null;

    /// <summary>Reads the first bytes that are here; 0 where there are none any more.</summary>
    public int Peek(Span<byte> into) => _incoming.Peek(0, into);

    /// <summary>Waits for the end of the scan without sending anything.</summary>
    /// <returns>The answer; null when the download was restarted and its answer is for another client only: this client needs a download of
    /// its own.</returns>
    public async Task<GateResult?> WaitAsync(CancellationToken cancellationToken)
    {
        var flightResult = await _flight.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_isShared && (flightResult is { Head.IsShareable: false } and not FlightResult.Refused || !_flight.Suits(_request)))
        {
            return null;
        }

        var answer = _ends.Answer(flightResult);
        _ends.Delivered(answer);
        return answer;
    }

    /// <summary>Sends a little of a part of the body now and then, until its verdict is there.</summary>
    /// <param name="start">Offset of the part's first byte.</param>
    /// <param name="end">Offset behind its last one; null: the body's end.</param>
    /// <param name="send">Sends some bytes.</param>
    /// <param name="cancellationToken">The client's leaving.</param>
    /// <returns>How it ended. Unless the file is there, the client must see a broken transfer.</returns>
    public async Task<TrickleEnd> TrickleAsync(
        long start, long? end, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, CancellationToken cancellationToken)
    {
        var transfer = _transfer ?? throw new InvalidOperationException("a trickle that nobody remembers");
        using var sent = new SentBytes(start);
        try
        {
            await _pace.RunAsync(
                _flight.Completion, () => StepAsync(sent, end, send, cancellationToken), cancellationToken).ConfigureAwait(false);
            return await EndAsync(sent, transfer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (transfer.IsOpen)
            {
                await transfer.SettleAsync(sent.Piece).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The client was sent all that it asked for, rest and all.</summary>
    public ValueTask DeliveredAsync() => _transfer?.ForgetAsync() ?? default;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _hasLeft, true))
        {
            return;
        }

        _flight.Leave(_request.Client);
        if (_transfer is { IsOpen: true } begun)
        {
            await begun.ForgetAsync().ConfigureAwait(false);
        }
    }

    private async Task<TrickleEnd> EndAsync(SentBytes sent, UnprovedTransfer transfer, CancellationToken cancellationToken)
    {
        var answer = _ends.Answer(await _flight.Completion.ConfigureAwait(false));
        Failure? failure;
        try
        {
            failure = await VerifyPrefixAsync(answer, sent.Piece, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await answer.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        if (failure is null)
        {
            // What follows is of this file and no other, as what was sent is.
            await transfer.SettleAsync(
                answer is GateResult.Whole { Verdict.Sha256: { Length: > 0 } sha256, Body.Length: var length }
                    ? new(0, length, sha256)
                    : sent.Piece).ConfigureAwait(false);
            _ends.Delivered(answer);
        }

        var how = new TrickleEnd(answer, failure, sent.End);
        _ends.Trickled(how);
        return how;
    }

    private async ValueTask StepAsync(
        SentBytes sent, long? end, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, CancellationToken cancellationToken)
    {
        await FollowAsync(sent).ConfigureAwait(false);
        var step = _pace.StepOf(Math.Min(_incoming.Received, end ?? long.MaxValue), sent.End);
        if (step == 0)
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(step);
        try
        {
            var bytes = buffer.AsMemory(0, _incoming.Peek(sent.End, buffer.AsSpan(0, step)));
            sent.Add(bytes.Span);
            await send(bytes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// A truncated download is restarted: the trickle continues from the new one, once that has reached what was sent already.
    /// </summary>
    private async Task FollowAsync(SentBytes sent)
    {
        if (_flight.Incoming is { } fresh && fresh != _incoming && fresh.Received > sent.End + _options.HoldBackBytes
            && IsSame(fresh.Head, fresh.Announced) && await sent.Piece.IsHashOfAsync(
                (at, into) => ValueTask.FromResult(fresh.Peek(at, into.Span))).ConfigureAwait(false))
        {
            _incoming = fresh;
        }
    }

    /// <summary>Why the client must see a broken transfer; null: the answer is the file whose head and first bytes were sent.</summary>
    private async Task<Failure?> VerifyPrefixAsync(GateResult answer, UnprovedPiece sent, CancellationToken cancellationToken) =>
        answer switch
        {
            GateResult.Whole file =>
                IsSame(file.Head, file.Body.Length) && await sent.IsInAsync(file.Body, "", cancellationToken).ConfigureAwait(false)
                ? null
                : new Failure(FailureReason.ContentChanged, "The download was restarted and returned another file."),
            GateResult.Failed failed => failed.Failure,
            GateResult.Refused { Verdict: var verdict } =>
                new Failure(
                    FailureReason.RefusedLate, $"The file is {verdict.InWords()}."),
            _ => new Failure(FailureReason.ContentChanged, "The download was restarted and returned no file."),
        };

    private bool IsSame(UpstreamHead head, long? length) =>
        (ReferenceEquals(head, _head)
            || (head.IsOfSameContent(_head) && (!_isShared || (head.IsShareable && _flight.Suits(_request, head)))))
            && (Length is null || Length == length);
}
