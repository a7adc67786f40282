using ClamProxy.Core.Failures;
using ClamProxy.Core.Spool;

namespace ClamProxy.Core.Intake;

/// <summary>
/// The one way of a content into a spool file, wherever it comes from: bounded in size and room by the spool, in time by its sender's
/// limits. Its SHA-256 is computed
/// beside it.
/// </summary>
public sealed class ContentIntake
{
    private readonly SpoolFolder _spools;
    private readonly IntakeOptions _options;
    private readonly TimeProvider _clock;

    internal ContentIntake(SpoolFolder spools, IntakeOptions options, TimeProvider clock) =>
        (_spools, _options, _clock) = (spools, options, clock);

    /// <summary>The largest content that is taken, in bytes.</summary>
    public long MaxFileSize => _spools.MaxFileSize;

    /// <summary>Takes what a client sends: an upload, the body of a request.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled: the client has left.</exception>
    public async Task<IntakeResult> TakeAsync(Stream content, IntakeTerms terms, CancellationToken clientGone)
    {
        using var spool = Open(terms);
        terms.Progress?.Follow(spool);
        return await FillAsync(spool, terms, CopyAsync, clientGone).ConfigureAwait(false);

        async Task<Failure?> CopyAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<Failure?>> sink, CancellationToken cancelled)
        {
            var copy = new PacedCopy(sink, new PaceLimits(_options.IdleTimeout, _options.TotalTimeout, _options.MinRate), _clock);
            return FailureOf(await copy.RunAsync(content, terms.Length, cancelled).ConfigureAwait(false));
        }
    }

    /// <summary>Takes what a client's protocol hands over in chunks; each is valid until the next one is asked for.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled: the client has left.</exception>
    public async Task<IntakeResult> TakeAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, IntakeTerms terms, CancellationToken clientGone)
    {
        var content = new ChunkStream(chunks);
        await using (content.ConfigureAwait(false))
        {
            return await TakeAsync(content, terms, clientGone).ConfigureAwait(false);
        }
    }

    /// <summary>Why a content of this many bytes is not taken; null when it is, or when its length is not known yet.</summary>
    public Failure? Refuse(long? length) => _spools.Refuse(length);

    /// <summary>A spool that can be looked at while it fills; nothing is taken from memory or disk before its first byte.</summary>
    internal SpoolWriter Open(IntakeTerms terms) => _spools.Create(terms.Length, terms.TakesAnySize, terms.Clients, terms.Yields);

    /// <summary>Fills a spool from a source that has limits of its own: an upstream, a decoder.</summary>
    /// <param name="spool">From <see cref="Open"/>, by the same terms; the caller disposes of it.</param>
    /// <param name="terms">What is known of the content.</param>
    /// <param name="feed">Hands the content to the sink that it is given, piece by piece; the failure by which it ended, or null. What it
    /// throws reaches the caller.</param>
    /// <param name="cancelled">Ends it.</param>
    internal async Task<IntakeResult> FillAsync(
        SpoolWriter spool,
        IntakeTerms terms,
        Func<Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<Failure?>>, CancellationToken, Task<Failure?>> feed,
        CancellationToken cancelled)
    {
        var failure = (terms.TakesAnySize ? null : Refuse(terms.Length)) ?? await feed(spool.WriteAsync, cancelled).ConfigureAwait(false);
        return failure is null ? new IntakeResult.Taken(spool.Complete()) : new IntakeResult.NotTaken(failure);
    }

    private Failure? FailureOf(CopyResult copied) => copied.End switch
    {
        CopyEnd.Whole => null,
        CopyEnd.Refused => copied.Refusal,
        CopyEnd.Broken => new(FailureReason.BodyBroken, "The body broke off before its end.", copied.Cause),
        CopyEnd.Shorter => new(FailureReason.BodyBroken, "The body ended before its announced length."),
        CopyEnd.Longer => new(FailureReason.BodyBroken, "The body is longer than was announced."),
        CopyEnd.Silent => new(FailureReason.BodyTimedOut, $"Nothing of the body came for {_options.IdleTimeout.TotalSeconds:0.###} s."),
        CopyEnd.OverTime => new(FailureReason.BodyTimedOut, $"The body was not whole within {_options.TotalTimeout.TotalSeconds:0.###} s."),
        CopyEnd.BelowRate => new(
            FailureReason.BodyTimedOut,
            $"The body came at less than {_options.MinRate} bytes a second for {SenderPace.Window.TotalSeconds:0} s."),
    };
}
