using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Documents;

/// <summary>
/// Tells what an answer about a document was worth: whatever is delivered has to be one clean version that the origin had, byte for byte,
/// in the form that its head says.
/// </summary>
internal static class DocumentJudge
{
    /// <summary>
    /// How much later than it may be served a version may be seen: a flight that others join was asked for before them.
    /// </summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(4);

    public static DocumentVerdict Of(Document document, DocumentAsk ask, Reply reply)
    {
        if (HoldsEicar(reply))
        {
            return new(AnswerKind.Unscanned, Why: "EICAR in the body");
        }

        if (reply.IsLate)
        {
            return new(AnswerKind.Late);
        }

        return reply.Status switch
        {
            0 => new(AnswerKind.Aborted),
            200 or 206 when ask.IsHead => OfHead(document, reply),
            200 or 206 => OfBody(document, ask, reply),
            304 => OfNotModified(document, ask, reply),
            _ when !reply.IsWhole => new(AnswerKind.Aborted),
            409 when reply.Verdict == "unscannable" => new(AnswerKind.Error),
            409 when IsOtherPart(document, ask, reply) => new(AnswerKind.Error) { IsOtherPart = true },
            409 when document.VersionsSince(0).LastOrDefault(IsInfected) is { } infected =>
                new(AnswerKind.Right, infected) { IsInfected = true },
            _ when ask.IsHead => OfHeadWithoutFile(reply.Status),
            _ => OfError(document, ask, reply),
        };
    }

    /// <summary>Whether a version that was delivered had been replaced for longer than it may be served.</summary>
    /// <param name="started">When it was asked for.</param>
    public static bool IsTooOld(Document document, DocumentVerdict verdict, long started)
    {
        // What the origin said of an error is its own second.
        var mayBeOld = verdict.Version?.State == DocumentState.Gone ? TimeSpan.FromSeconds(1) : document.MayBeOld;
        return verdict is { Version: { } version, Kind: AnswerKind.Right, IsInfected: false }
            && mayBeOld is { } time
            && document.ReplacedAt(version.Number) is { } replaced
            && started > replaced
            && Stopwatch.GetElapsedTime(replaced, started) > time + s_slack;
    }

    private static bool IsInfected(DocumentVersion version) => version.State is DocumentState.Infected or DocumentState.InfectedError;

    private static bool HoldsEicar(Reply reply) =>
        reply.Body.AsSpan().IndexOf(Eicar.Bytes) >= 0
        || (reply.Field("Content-Encoding") is { } coding
            && DocumentText.Decoded(coding, reply.Body).AsSpan().IndexOf(Eicar.Bytes) >= 0);

    /// <summary>
    /// A part is refused to a client (here: to all behind one relay) that was given bytes of another version, language or form.
    /// </summary>
    private static bool IsOtherPart(Document document, DocumentAsk ask, Reply reply) =>
        ask is { Range: not null, IsStranger: false }
        && reply.IsOtherPart
        && (document.Coding != DocumentText.Identity || document.Kind == DocumentKind.Varying || document.Now.Number > 0);

    private static DocumentVerdict OfBody(Document document, DocumentAsk ask, Reply reply)
    {
        var form = reply.Field("Content-Encoding") ?? DocumentText.Identity;
        if (document.OfTag(reply.Field("ETag")) is not var (version, language, sent))
        {
            return new(AnswerKind.Wrong, Why: $"ETag {reply.Field("ETag")}");
        }

        if (document.Kind == DocumentKind.Varying && language != ask.Language)
        {
            return new(AnswerKind.Wrong, version, $"asked for {ask.Language}");
        }

        if (!ask.Takes(form))
        {
            return new(AnswerKind.Wrong, version, $"the client does not decode {form}");
        }

        if (version.State is not (DocumentState.Clean or DocumentState.Infected or DocumentState.Truncated or DocumentState.TornCoding)
            || (form != DocumentText.Identity && form != sent && document.Kind != DocumentKind.Rewritten))
        {
            return new(AnswerKind.Wrong, version, $"{form} of {sent}, {version.State}");
        }

        var isRewritten = document.Kind == DocumentKind.Rewritten;
        var whole = isRewritten ? document.Rewritten(version, language) : document.Sent(version, language, form);
        var body = isRewritten && form != DocumentText.Identity ? DocumentText.Decoded(form, reply.Body) : reply.Body;
        if (PartOf(whole, ask, reply) is not var (from, length))
        {
            return new(AnswerKind.Wrong, version, $"Content-Range {reply.Field("Content-Range")} of {whole.Length}");
        }

        if (reply.Status == 206 && ask.IfRange is { } had && document.OfTag(had)?.Version != version)
        {
            return new(AnswerKind.Wrong, version, $"a part of another version than {had}");
        }

        if (body.Length > length || !body.AsSpan().SequenceEqual(whole.AsSpan(from, body.Length)))
        {
            return new(AnswerKind.Wrong, version, "other bytes");
        }

        return OfBytes(reply, version, body.Length, length, isRewritten ? reply.Body : whole);
    }

    /// <summary>What bytes are worth that are the version's.</summary>
    private static DocumentVerdict OfBytes(Reply reply, DocumentVersion version, int had, int length, byte[] digested)
    {
        var isInfected = version.State == DocumentState.Infected;
        if (isInfected && (reply.IsWhole || had > length - ProxyUnderTest.HoldBack))
        {
            return new(AnswerKind.Unscanned, version, "an infected version");
        }

        if (!reply.IsWhole)
        {
            return new(AnswerKind.Aborted, version) { IsInfected = isInfected };
        }

        if (version.State != DocumentState.Clean || had != length)
        {
            return new(AnswerKind.Wrong, version, $"whole, {version.State}, {had} of {length} bytes");
        }

        if (reply.Verdict is not (null or "clean"))
        {
            return new(AnswerKind.Dishonest, version, $"Scan-Verdict {reply.Verdict}");
        }

        var digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(digested))}:";
        return reply.Field("Repr-Digest") is { } said && said != digest
            ? new(AnswerKind.Wrong, version, $"Repr-Digest {said}, not {digest}")
            : new(AnswerKind.Right, version);
    }

    /// <summary>Which part of the whole it is; null: it does not say rightly.</summary>
    private static (int From, int Length)? PartOf(byte[] whole, DocumentAsk ask, Reply reply)
    {
        if (reply.Status == 200)
        {
            return (0, whole.Length);
        }

        if (ask.Range is not var (from, to) || from >= whole.Length)
        {
            return null;
        }

        var last = Math.Min(to, whole.Length - 1);
        var range = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{last}/{whole.Length}");
        return reply.Field("Content-Range") == range ? (from, last - from + 1) : null;
    }

    private static DocumentVerdict OfNotModified(Document document, DocumentAsk ask, Reply reply)
    {
        if (ask.IfNoneMatch is not { } had || reply.Body.Length > 0)
        {
            return new(AnswerKind.Dishonest, Why: "a 304 that nobody asked for");
        }

        if (reply.Field("ETag") is not { } tag || Strong(tag) != Strong(had)
            || document.OfTag(tag) is not { Version: { State: DocumentState.Clean } version } named
            || (document.Kind == DocumentKind.Varying && named.Language != ask.Language))
        {
            return new(AnswerKind.Wrong, Why: $"304 of {reply.Field("ETag")} for {had}");
        }

        return new(AnswerKind.Right, version);
    }

    /// <summary>A head has nothing to scan: it may be upstream's.</summary>
    private static DocumentVerdict OfHead(Document document, Reply reply)
    {
        if (reply.Field("ETag") is null && reply.Field("Content-Length") is null)
        {
            // To a client that has a part which broke off, a head says nothing that it could take its part for the whole by.
            return new(AnswerKind.Right);
        }

        if (document.OfTag(reply.Field("ETag")) is not var (version, language, sent))
        {
            return new(AnswerKind.Wrong, Why: $"ETag {reply.Field("ETag")}");
        }

        var form = reply.Field("Content-Encoding") ?? DocumentText.Identity;
        return document.Kind != DocumentKind.Rewritten
            && int.TryParse(reply.Field("Content-Length"), CultureInfo.InvariantCulture, out var length)
            && length != document.Sent(version, language, form).Length
            ? new(AnswerKind.Wrong, version, $"Content-Length {length} of {form}, sent as {sent}")
            // Its version says nothing of a body.
            : new(AnswerKind.Right);
    }

    private static DocumentVerdict OfHeadWithoutFile(int status) =>
        new(status is 404 or 429 or 500 or 502 or 503 or 504 ? AnswerKind.Error : AnswerKind.Dishonest);

    private static DocumentVerdict OfError(Document document, DocumentAsk ask, Reply reply)
    {
        if (reply.Field("Content-Type")?.StartsWith("application/problem", StringComparison.Ordinal) == true)
        {
            return new(reply.Status is 502 or 503 or 504 ? AnswerKind.Error : AnswerKind.Dishonest);
        }

        // A text that is searched for links leaves in gzip for those who take it.
        var body = reply.Field("Content-Encoding") is { } coding && ask.Takes(coding)
            ? DocumentText.Decoded(coding, reply.Body)
            : reply.Body;
        var version = document.OfErrorBody(body);
        var isItsBody = version is not null && body.AsSpan().SequenceEqual(document.ErrorBody(version));
        return (version?.State, reply.Status) switch
        {
            (DocumentState.Unavailable, 503) or (DocumentState.Busy, 429) when isItsBody => new(AnswerKind.Error, version),
            (DocumentState.Gone, 404) when isItsBody => new(AnswerKind.Right, version),
            _ => new(AnswerKind.Dishonest, version, "an error that the origin did not answer"),
        };
    }

    private static string Strong(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
}
