using ClamProxy.Core.Admission;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>Spools what a client decodes from a coded body: an archive's directory is at its end.</summary>
internal sealed class DecodedSpool(ContentIntake intake) : IDisposable
{
    /// <summary>Bodies that are decoded at once by decoders that take much memory: for each layer zstd 8 MiB, br 16 MiB.</summary>
    private const int MostLargeDecoders = 4;

    private const int BufferBytes = 64 * 1024;

    private readonly SemaphoreSlim _turns = new(MostLargeDecoders);

    /// <param name="coded">The body.</param>
    /// <param name="codings">How it is coded.</param>
    /// <param name="isGuess">Whether that is only what some clients take it for: then it is decoded up to the first error.</param>
    /// <param name="clients">In whose share of the spool it counts.</param>
    /// <param name="cancelled">Ends it.</param>
    public async Task<DecodeResult> FillAsync(
        IContentReader coded, IReadOnlyList<Coding> codings, bool isGuess, WaitingClients clients, CancellationToken cancelled)
    {
        if (!codings.Any(coding => coding is Coding.Zstandard or Coding.Brotli))
        {
            return await DecodeAsync(coded, codings, isGuess, clients, cancelled).ConfigureAwait(false);
        }

        await _turns.WaitAsync(cancelled).ConfigureAwait(false);
        try
        {
            return await DecodeAsync(coded, codings, isGuess, clients, cancelled).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private async Task<DecodeResult> DecodeAsync(
        IContentReader coded, IReadOnlyList<Coding> codings, bool isGuess, WaitingClients clients, CancellationToken cancelled)
    {
        var terms = new IntakeTerms(null, clients);
        using var spool = intake.Open(terms);
        try
        {
            var stream = ContentCoding.Decode(new ContentStream(coded), codings, intake.MaxFileSize);
            await using (stream.ConfigureAwait(false))
            {
                return await intake.FillAsync(
                    spool, terms, (sink, end) => CopyAsync(stream, isGuess, sink, end), cancelled).ConfigureAwait(false) switch
                {
                    IntakeResult.Taken taken => new DecodeResult.Decoded(taken),
                    IntakeResult.NotTaken notTaken => new DecodeResult.NotTaken(notTaken.Failure),
                    var other => throw new InvalidOperationException($"an intake of a kind nobody knows: {other.GetType()}"),
                };
            }
        }
        catch (ContentCodingException e)
        {
            return new DecodeResult.Undecodable(UnscannableReason.Coding, e.Message);
        }
        catch (ContentTooLargeException e)
        {
            return new DecodeResult.Undecodable(UnscannableReason.TooLarge, e.Message);
        }
    }

    private static async Task<Failure?> CopyAsync(
        Stream from,
        bool endsAtError,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<Failure?>> sink,
        CancellationToken cancelled)
    {
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await ReadAsync().ConfigureAwait(false)) > 0)
        {
            if (await sink(buffer.AsMemory(0, read), cancelled).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }

        return null;

        async ValueTask<int> ReadAsync()
        {
            try
            {
                return await from.ReadAsync(buffer, cancelled).ConfigureAwait(false);
            }
            catch (ContentCodingException) when (endsAtError)
            {
                return 0;
            }
        }
    }
}
