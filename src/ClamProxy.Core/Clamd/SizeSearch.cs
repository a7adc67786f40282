namespace ClamProxy.Core.Clamd;

/// <summary>Finds out up to which size a scanner looks at a file or at an archive's member.</summary>
/// <param name="ask">Has a content scanned.</param>
internal sealed class SizeSearch(Func<ReadOnlyMemory<byte>, Task<ClamdReply>> ask)
{
    /// <summary>The image itself has 40 KB: below this nothing can be told.</summary>
    public const uint Least = 64 * 1024;

    /// <summary>The sizes tried on a scanner that does not tell: clamd's default MaxFileSize today (1.3 and later), before (0.9x), and one
    /// that any has.</summary>
    internal static IReadOnlyList<(int Size, Lazy<byte[]> Content)> Proofs { get; } =
    [
        .. new[] { 100, 25, 1 }.Select(mebibytes => mebibytes << 20).Select(
            size => (size, new Lazy<byte[]>(() => SizeProbe.EicarAtTheEnd(size)))),
    ];

    /// <summary>clamd's default MaxFileSize, and what docs/operations.md tells to write.</summary>
    private static readonly long[] Usual = [100 << 20, 2000L << 20];

    /// <summary>For a scanner that tells when it is over its limits: 3 questions of a millisecond where nothing changed, a few more for a
    /// usual size, else about 40. Each that is over them is a find in its log.</summary>
    /// <param name="last">What it was found to be before; 0 for nothing.</param>
    /// <returns>The largest size that it does not call too large; 0 when that is less than <see cref="Least"/>, null when it calls none
    /// too large.</returns>
    public async Task<long?> FindToldAsync(long last)
    {
        if (!await IsToldAsync(uint.MaxValue).ConfigureAwait(false))
        {
            return null;
        }

        foreach (var guess in new[] { last }.Concat(Usual).Where(size => size is >= Least and < uint.MaxValue))
        {
            if (!await IsToldAsync((uint)guess).ConfigureAwait(false) && await IsToldAsync((uint)guess + 1).ConfigureAwait(false))
            {
                return guess;
            }
        }

        if (await IsToldAsync(Least).ConfigureAwait(false))
        {
            return 0;
        }

        var (fine, tooMuch) = (Least, uint.MaxValue);
        while (tooMuch - fine > 1)
        {
            var middle = fine + ((tooMuch - fine) / 2);
            if (await IsToldAsync(middle).ConfigureAwait(false))
            {
                tooMuch = middle;
            }
            else
            {
                fine = middle;
            }
        }

        return fine;
    }

    /// <summary>For one that does not tell: the largest of a few sizes at whose end it finds EICAR; 0 when it finds it at none.</summary>
    /// <param name="last">What it was found to be before: proved again first, since each proof takes up to a second; 0 for nothing.</param>
    public async Task<long> FindProvedAsync(long last)
    {
        if (Proofs.FirstOrDefault(proof => proof.Size == last) is { Size: > 0 } known
            && await IsFoundAsync(known.Content).ConfigureAwait(false))
        {
            return last;
        }

        foreach (var (size, content) in Proofs)
        {
            if (await IsFoundAsync(content).ConfigureAwait(false))
            {
                return size;
            }
        }

        return 0;
    }

    private async Task<bool> IsFoundAsync(Lazy<byte[]> content) =>
        ReplyOutcome.Of(await ask(content.Value).ConfigureAwait(false)) is ScanOutcome.Found;

    private async Task<bool> IsToldAsync(uint size)
    {
        var reply = await ask(SizeProbe.Claiming(size)).ConfigureAwait(false);
        return ReplyOutcome.Of(reply) switch
        {
            ScanOutcome.TooLarge or ScanOutcome.EngineLimit => true,
            ScanOutcome.Clean => false,
            _ => throw new ClamdException(ScannerFault.Protocol, $"it cannot be asked for its limits: {reply.Text}"),
        };
    }
}
