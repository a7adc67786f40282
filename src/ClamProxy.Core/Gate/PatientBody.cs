using System.Buffers;
using System.Security.Cryptography;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Gate;

/// <summary>
/// A body that is trickled to a client while it is downloaded and scanned: always some bytes behind what is here, and never the whole of
/// it. What was sent is hashed, and the scanned body must begin with it, or the rest is never sent.
/// </summary>
public sealed class PatientBody : IDisposable
{
    /// <summary>A step sends at most this part of what may still be sent, so that the trickle grows thinner but does not run dry.</summary>
    private const int Thinning = 16;

    private const int BufferBytes = 64 << 10;

    private readonly Flight _flight;
    private readonly UpstreamHead _head;
    private readonly GateOptions _options;
    private readonly TimeProvider _clock;
    private readonly PatientEnds _ends;
    private readonly bool _isShared;
    private IncomingBody _incoming;
    private bool _hasLeft;

    internal PatientBody(Flight flight, IncomingBody incoming, bool isShared, GateOptions options, TimeProvider clock, PatientEnds ends)
    {
        _flight = flight;
        _incoming = incoming;
        _isShared = isShared;
        _head = incoming.Head;
        Length = incoming.Announced;
        _options = options;
        _clock = clock;
        _ends = ends;
    }

    /// <summary>Bytes in all; null where upstream did not say.</summary>
    public long? Length { get; }

    /// <summary>Whether a part of the body is long enough for a trickle: its last bytes are never sent before the verdict.</summary>
    public bool CanTrickle(long length) => length > _options.HoldBackBytes;

    /// <summary>Reads the first bytes that are here; 0 where there are none any more.</summary>
    public int Peek(Span<byte> into) => _incoming.Peek(0, into);

    /// <summary>Waits for the end of the scan without sending anything.</summary>
    /// <returns>The answer; null when the download was begun afresh and its answer is another client's alone: this one has to ask for itself.</returns>
    public async Task<GateResult?> WaitAsync(CancellationToken cancellationToken)
    {
        var landing = await _flight.Landing.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_isShared && landing is { Head.IsShareable: false, IsRefusal: false })
        {
            return null;
        }

        var answer = _ends.Answer(landing);
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
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sent = start;
        do
        {
            sent += await StepAsync(start, sent, end, hash, send, cancellationToken).ConfigureAwait(false);
        }
        while (!await Patience.EndsWithinAsync(_flight.Landing, _options.TrickleInterval, _clock, cancellationToken).ConfigureAwait(false));

        var answer = _ends.Answer(await _flight.Landing.ConfigureAwait(false));
        Failure? failure;
        try
        {
            failure = await DoubtAsync(answer, start, sent, hash, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await answer.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var how = new TrickleEnd(answer, failure, sent);
        if (failure is null)
        {
            _ends.Delivered(answer);
        }

        _ends.Trickled(how);
        return how;
    }

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _hasLeft, true))
        {
            _flight.Leave();
        }
    }

    private async Task<int> StepAsync(
        long start, long sent, long? end, IncrementalHash hash, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, CancellationToken cancellationToken)
    {
        await FollowAsync(start, sent, hash).ConfigureAwait(false);
        var most = Math.Min(_incoming.Received, end ?? long.MaxValue) - _options.HoldBackBytes - sent;
        if (most <= 0)
        {
            return 0;
        }

        var step = (int)Math.Min(_options.TrickleBytes, Math.Max(1, most / Thinning));
        var buffer = ArrayPool<byte>.Shared.Rent(step);
        try
        {
            var bytes = buffer.AsMemory(0, _incoming.Peek(sent, buffer.AsSpan(0, step)));
            hash.AppendData(bytes.Span);
            await send(bytes, cancellationToken).ConfigureAwait(false);
            return bytes.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A download that broke off is begun afresh: the trickle goes on from the new one, once that has what was sent already.</summary>
    private async Task FollowAsync(long start, long sent, IncrementalHash hash)
    {
        if (_flight.Incoming is { } fresh && fresh != _incoming && fresh.Received > sent + _options.HoldBackBytes
            && IsSame(fresh.Head, fresh.Announced) && await BeginsWithAsync((at, into) => ValueTask.FromResult(fresh.Peek(at, into.Span)), start, sent, hash).ConfigureAwait(false))
        {
            _incoming = fresh;
        }
    }

    /// <summary>Why the client must see a broken transfer; null: the answer is the file whose head and first bytes were sent.</summary>
    private async Task<Failure?> DoubtAsync(GateResult answer, long start, long sent, IncrementalHash hash, CancellationToken cancellationToken) => answer switch
    {
        GateResult.Whole file => await DoubtAsync(file, start, sent, hash, cancellationToken).ConfigureAwait(false),
        GateResult.Failed failed => failed.Failure,
        GateResult.Refused { Verdict: var verdict } => new Failure(FailureReason.RefusedLate, $"The file is {verdict.Verdict} ({verdict.Signature ?? verdict.Reason.ToString()})."),
        _ => new Failure(FailureReason.ContentChanged, "The download was begun afresh and gave no file."),
    };

    private async Task<Failure?> DoubtAsync(GateResult.Whole file, long start, long sent, IncrementalHash hash, CancellationToken cancellationToken)
    {
        var isSame = IsSame(file.Head, file.Body.Length)
            && await BeginsWithAsync((at, into) => file.Body.ReadAsync(at, into, cancellationToken), start, sent, hash).ConfigureAwait(false);
        return isSame ? null : new Failure(FailureReason.ContentChanged, "The download was begun afresh and gave another file.");
    }

    private bool IsSame(UpstreamHead head, long? length) =>
        (ReferenceEquals(head, _head) || (head.IsOfSameContent(_head) && (head.IsShareable || !_isShared))) && (Length is null || Length == length);

    private static async Task<bool> BeginsWithAsync(Func<long, Memory<byte>, ValueTask<int>> read, long start, long sent, IncrementalHash hash)
    {
        using var again = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (var at = start; at < sent;)
            {
                var count = await read(at, buffer.AsMemory(0, (int)Math.Min(buffer.Length, sent - at))).ConfigureAwait(false);
                if (count == 0)
                {
                    return false;
                }

                again.AppendData(buffer, 0, count);
                at += count;
            }

            return again.GetHashAndReset().AsSpan().SequenceEqual(hash.GetCurrentHash());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
