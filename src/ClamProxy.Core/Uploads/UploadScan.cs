using ClamProxy.Core.Compression;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// Decides on a request's body: it is scanned as a whole, and so is each file that its receiver will take out of it, which a scanner would
/// not find there (base64 in JSON) or not look at as a file.
/// </summary>
internal sealed class UploadScan(
    ContentScanner scanner, PartScan parts, ContentIntake intake, UploadOptions options, TimeProvider clock)
{
    /// <param name="subject">What logs call it, whose it is, how it is coded.</param>
    /// <param name="body">The body; it stays the caller's.</param>
    /// <param name="contentTypes">What it says that it is.</param>
    /// <param name="cancelled">Ends the wait.</param>
    public async Task<ScanDecision> RunAsync(
        ScanSubject subject, SpoolFile body, IReadOnlyList<string> contentTypes, CancellationToken cancelled)
    {
        var whole = await scanner.ScanAsync(subject, body, cancelled).ConfigureAwait(false);
        if (!Passes(whole) || body.Length == 0)
        {
            return whole;
        }

        if (subject.Codings.AreNone)
        {
            return await ScanPartsAsync(subject, whole, body, contentTypes, cancelled).ConfigureAwait(false);
        }

        // What the receiver takes files out of is the decoded body: npm compresses what it audits.
        var taken = await DecodeAsync(subject, body, cancelled).ConfigureAwait(false);
        if (taken is not IntakeResult.Taken { File: var decoded })
        {
            return DecideNotDecoded(((IntakeResult.NotTaken)taken).Failure);
        }

        using (decoded)
        {
            var plain = subject with { Codings = ContentCodings.None };
            return await ScanPartsAsync(plain, whole, decoded, contentTypes, cancelled).ConfigureAwait(false);
        }
    }

    private static bool Passes(ScanDecision decision) => decision is ScanDecision.Clean or ScanDecision.Released;

    private async Task<IntakeResult> DecodeAsync(ScanSubject subject, SpoolFile body, CancellationToken cancelled)
    {
        using var reader = body.OpenReader();
        var decoding = ContentCoding.Decode(new ContentStream(reader), subject.Codings.Layers, intake.MaxFileSize);
        await using var _ = decoding.ConfigureAwait(false);
        return await intake.TakeAsync(decoding, new IntakeTerms(null, subject.Clients), cancelled).ConfigureAwait(false);
    }

    private ScanDecision DecideNotDecoded(Failure failure) => failure.Cause switch
    {
        ContentTooLargeException tooLarge => Refuse(UnscannableReason.TooLarge, tooLarge.Message),
        ContentCodingException wrong => Refuse(UnscannableReason.Coding, wrong.Message),
        _ => scanner.DecideNotTaken(failure),
    };

    /// <returns>The first part that may not pass, else the decision on the whole.</returns>
    private async Task<ScanDecision> ScanPartsAsync(
        ScanSubject subject, ScanDecision whole, SpoolFile body, IReadOnlyList<string> contentTypes, CancellationToken cancelled)
    {
        using var reader = body.OpenReader();
        var count = 0;
        try
        {
            await foreach (var part in UploadParts.FindAsync(reader, contentTypes, cancelled).ConfigureAwait(false))
            {
                if (++count > options.MaxParts)
                {
                    return Refuse(
                        UnscannableReason.EngineLimit, $"The body has more than {options.MaxParts} parts (ClamProxy:Uploads:MaxParts).");
                }

                var named = subject with { Name = $"{subject.Name} (part {count})" };
                var decision = part.IsJsonString
                    ? await ScanAttachmentAsync(named, reader, part, cancelled).ConfigureAwait(false)
                    : await parts.RunAsync(named, SliceOf(reader, part), part.Length, cancelled).ConfigureAwait(false);
                if (!Passes(decision))
                {
                    return decision;
                }
            }
        }
        catch (UnreadableBodyException unreadable)
        {
            return Refuse(UnscannableReason.Archive, unreadable.Message);
        }

        return whole;
    }

    private static ContentSlice SliceOf(IContentReader reader, UploadPart part) => new(reader, part.Start, part.Length);

    /// <summary>
    /// A file in base64. The one attachment of npm's that is none is a JSON text (the statement of a package's provenance): that is scanned
    /// as it is, and as what each registry would get that decodes it nevertheless.
    /// </summary>
    private async Task<ScanDecision> ScanAttachmentAsync(
        ScanSubject subject, IContentReader reader, UploadPart part, CancellationToken cancelled)
    {
        var decision = await DecodedAsync(Base64Reading.Strict).ConfigureAwait(false);
        if (decision is not ScanDecision.Failed { Failure.Cause: FormatException })
        {
            return decision;
        }

        if (!await IsObjectAsync(reader, part, cancelled).ConfigureAwait(false))
        {
            return Refuse(UnscannableReason.Archive, "An attachment is neither base64 nor JSON.");
        }

        decision = await ScanAsync(text => text).ConfigureAwait(false);
        foreach (var reading in new[] { Base64Reading.BothAlphabets, Base64Reading.StandardAlphabet, Base64Reading.UntilPadding })
        {
            decision = Passes(decision) ? await DecodedAsync(reading).ConfigureAwait(false) : decision;
        }

        return decision;

        Task<ScanDecision> DecodedAsync(Base64Reading reading) => ScanAsync(text => new Base64Stream(text, reading));

        Task<ScanDecision> ScanAsync(Func<Stream, Stream> decode) =>
            parts.RunAsync(subject, decode(new JsonStringStream(SliceOf(reader, part))), null, cancelled);
    }

    private static async ValueTask<bool> IsObjectAsync(IContentReader reader, UploadPart part, CancellationToken cancelled)
    {
        var first = new byte[1];
        return await reader.ReadAsync(part.Start, first, cancelled).ConfigureAwait(false) == 1 && first[0] == '{';
    }

    private ScanDecision.Refused Refuse(UnscannableReason reason, string detail) =>
        new(ScanVerdict.Unscannable(reason, detail, "", clock.GetUtcNow()));
}
