using System.Diagnostics;
using ClamProxy.Soak.Documents;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Load;

/// <summary>
/// Documents that change all the time, some of whose versions are infected or failures of the origin, and how clients ask for them.
/// </summary>
internal sealed class SoakDocuments
{
    private const int OfEachKind = 3;
    private const int Smallest = 3000;
    private const int Largest = 40_000;
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(25);

    /// <summary>For how long an origin must have been well: a flight that began before may still be under way.</summary>
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(4);

    /// <summary>For how long a refusal may be repeated to the client whose trickle it broke off.</summary>
    private static readonly TimeSpan s_lingers = WorldSettings.Linger + s_settled;

    private static readonly string?[] s_takes = [null, null, null, "gzip", "gzip", "br", "zstd", "gzip, br, zstd", "gzip, br, zstd"];

    private readonly World _world;
    private readonly SoakFaults _faults;
    private readonly SoakTotals _totals;
    private readonly Random _turning;
    private readonly Document[] _documents;

    public SoakDocuments(World world, SoakFaults faults, SoakTotals totals, int seed)
    {
        (_world, _faults, _totals, _turning) = (world, faults, totals, new Random(seed));
        _documents =
        [
            .. from kind in Enum.GetValues<DocumentKind>()
               where kind is not (DocumentKind.Fresh or DocumentKind.Stale)
               from number in Enumerable.Range(0, OfEachKind)
               let coding = DocumentText.Codings[(number + (int)kind) % DocumentText.Codings.Count]
               select world.Origin.Documents.Make(kind, coding, _turning.Next(Smallest, Largest)),
        ];
    }

    /// <summary>Has one document after the other change.</summary>
    public async Task TurnAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(s_turn, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _documents[_turning.Next(_documents.Length)].Advance(_turning.Next(100) switch
            {
                < 60 => DocumentState.Clean,
                < 72 => DocumentState.Infected,
                < 77 => DocumentState.Unavailable,
                < 81 => DocumentState.Busy,
                < 85 => DocumentState.InfectedError,
                < 91 => DocumentState.Truncated,
                < 95 => DocumentState.TornCoding,
                _ => DocumentState.Gone,
            });
        }
    }

    /// <summary>Asks for one of them in one way.</summary>
    public async Task AskAsync(ProxyUnderTest proxy, Random dice)
    {
        var document = _documents[dice.Next(_documents.Length)];
        var (what, ask) = Ask(document, dice);
        var started = Stopwatch.GetTimestamp();
        var (reply, verdict) = await proxy.Documents.AskAsync(document, ask, s_deadline);
        var calm = _faults.CalmSince(started);
        var kind = calm is null ? verdict.Kind
            : DocumentJudge.IsTooOld(document, verdict, started) ? AnswerKind.Stale
            : verdict is { Kind: AnswerKind.Right, IsInfected: true } && WasClean(document, started, s_lingers) ? AnswerKind.Dishonest
            : verdict.Kind;
        var answer = reply.Judged($"{document.ClientPath} {document.Kind} {document.Coding}", kind, verdict.IsInfected) with
        {
            Detail = $"{reply.Detail} {ask} {verdict.Version} {verdict.Why} {reply.Field("Cache-Status")}",
        };
        _totals.Add(what, answer, verdict.IsOtherPart ? null : MustBeRight(proxy, document, ask, started, isRefused: reply.Status == 409));
        Remember(proxy, document, ask, reply, verdict);
    }

    private static (string What, DocumentAsk Ask) Ask(Document document, Random dice)
    {
        var ask = new DocumentAsk
        {
            Codings = s_takes[dice.Next(s_takes.Length)],
            Language = dice.Next(2) == 0 ? "en" : "de",
        };
        (int, int)? part = (dice.Next(1000), dice.Next(1000, 5000));
        return dice.Next(100) switch
        {
            < 45 => ("document", ask),
            < 60 => ("document if new", ask with { IfNoneMatch = document.LastTag }),
            < 70 => ("document part", ask with { Range = part, IsStranger = dice.Next(3) > 0 }),
            < 80 => ("document rest", ask with { Range = part, IfRange = document.LastTag, IsStranger = dice.Next(3) > 0 }),
            < 87 => ("document now", ask with { Directive = "no-cache" }),
            < 90 => ("document stored", ask with { Directive = "only-if-cached" }),
            _ => ("document head", ask with { IsHead = true }),
        };
    }

    /// <summary>Why an answer has to be right: nothing failed, or what is stored stands in; null: it need not.</summary>
    /// <param name="isRefused">Whether it is a refusal, which may be repeated for a while.</param>
    private string? MustBeRight(ProxyUnderTest proxy, Document document, DocumentAsk ask, long started, bool isRefused)
    {
        if (ask.IsOnlyIfCached)
        {
            return null;
        }

        if (WasClean(document, started, isRefused ? s_lingers : s_settled))
        {
            return _faults.CalmSince(started);
        }

        // It stands in as long as nothing but failures came behind it.
        return document is { Kind: DocumentKind.Default, Stored: var (number, at) } && proxy == _world.Storing && !ask.IsHead
            && document.Find(number) is { } stored
            && document.VersionsSince(stored.Since).Skip(1).All(version => version.IsFailure)
            && at < started
            && _faults.CalmSince(at) is { } calm
            ? $"{calm}, stored: {number}"
            : null;
    }

    private void Remember(ProxyUnderTest proxy, Document document, DocumentAsk ask, Reply reply, DocumentVerdict verdict)
    {
        if (verdict is not { Kind: AnswerKind.Right, Version: { State: DocumentState.Clean } version } || ask.IsHead)
        {
            return;
        }

        document.LastTag = reply.Field("ETag") ?? document.LastTag;
        if (proxy == _world.Storing && reply.Field("Cache-Status") is { } status
            && (status.Contains("stored", StringComparison.Ordinal) || status.Contains("hit; ttl", StringComparison.Ordinal)))
        {
            document.Stored = new StoredVersion(version.Number, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Whether the origin had nothing but clean versions since some time before.</summary>
    private static bool WasClean(Document document, long started, TimeSpan before) =>
        document.VersionsSince(started - Ticks(before)).All(version => version.State == DocumentState.Clean);

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
