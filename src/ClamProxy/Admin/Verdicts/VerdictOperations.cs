using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Warming;

namespace ClamProxy.Admin.Verdicts;

/// <summary>What is known of URLs and contents, and its end.</summary>
internal sealed class VerdictOperations(
    KnownAnswers known, RouteTable routes, ContentStore store, VerdictCutoffs cutoffs, CutoffSync others, TimeProvider clock)
{
    private const string TakesSha256 = "sha256 takes 64 hexadecimal digits, as log lines and problems have them.";
    private const string TakesUrl = "url takes an absolute http or https URL, such as https://files.example.org/pub/file.tar.gz.";
    private const string TakesPrefix =
        "prefix takes an absolute http or https URL without a query that ends with a slash, such as https://files.example.org/pub/.";
    private const string TooMany =
        "As many URLs, prefixes and contents as ClamProxy:Verdicts:MaxForgotten allows are forgotten already: use {\"all\": true}.";

    public IEnumerable<AdminOperation> All() =>
    [
        new("findVerdict", "GET", "/verdicts", "What is known of a URL or a content", AdminJson.Default.VerdictListAnswer, FindAsync)
        {
            Query = [("url", "The upstream URL."), ("sha256", "A content's SHA-256: 64 hexadecimal digits.")],
            Problems = new Dictionary<int, string>
            {
                [400] = "It is neither a URL nor a SHA-256, or both.",
                [404] = "Nothing is known of it.",
            },
        },
        new(
            "purge", "POST", "/purge", "Remove verdicts and stored files: they are downloaded and scanned again when next asked for",
            AdminJson.Default.PurgeAnswer, PurgeAsync)
        {
            Body = AdminJson.Default.SubjectBody,
            Sample = """{"prefix": "https://files.example.org/pub/"}""",
            Problems = new Dictionary<int, string> { [409] = "As many are forgotten already as MaxForgotten allows." },
        },
        new(
            "rescan", "POST", "/rescan", "Have contents scanned again before they are delivered: stored ones from their bytes",
            AdminJson.Default.RescanAnswer, RescanAsync)
        {
            Body = AdminJson.Default.SubjectBody,
            Sample = """{"url": "https://files.example.org/pub/file.tar.gz"}""",
            Problems = new Dictionary<int, string>
            {
                [404] = "Nothing is known of the URL.",
                [409] = "As many are forgotten already as MaxForgotten allows.",
            },
        },
    ];

    private async Task<AdminAnswer> FindAsync(AdminRequest request, CancellationToken cancelled)
    {
        switch (request.Parameter("url"), request.Parameter("sha256"))
        {
            case (null, { } text) when Sha256Of(text) is { } sha256:
                return await known.FindAsync(sha256, cancelled) is { } content
                    ? Answer(null, [VerdictAnswer.Of(content, await store.FindLengthAsync(sha256))])
                    : AdminAnswer.NotFound("Nothing is known of this content.");
            case ({ } text, null) when TargetOf(text) is { } target:
                var found = await known.FindAsync(target, routes.Identities, cancelled);
                VerdictAnswer[] verdicts =
                    [.. found.Where(url => url.Content is not null).Select(url => VerdictAnswer.Of(url, url.Content!))];
                return verdicts.Length > 0
                    ? Answer(target.TextWithoutQuery, verdicts)
                    : AdminAnswer.NotFound("Nothing is known of this URL.");
            case (null, not null):
                return AdminAnswer.Wrong(TakesSha256);
            default:
                return AdminAnswer.Wrong($"Exactly one of url and sha256 is needed. {TakesUrl}");
        }
    }

    private async Task<AdminAnswer> PurgeAsync(AdminRequest request, CancellationToken cancelled)
    {
        var body = (SubjectBody)request.Body!;
        switch (body)
        {
            case { Count: not 1 }:
                return AdminAnswer.Wrong("Exactly one of url, prefix, sha256 and all is needed.");
            case { All: true }:
                request.Target = "everything";
                cutoffs.ForgetAll();
                return await PurgedAsync(null, null, null, cancelled);
            case { Sha256: { } text }:
                return Sha256Of(text) is { } sha256 ? await PurgeContentAsync(request, sha256, cancelled) : AdminAnswer.Wrong(TakesSha256);
            case { Prefix: { } text }:
                return PrefixOf(text) is { } prefix ? await PurgePrefixAsync(request, prefix, cancelled) : AdminAnswer.Wrong(TakesPrefix);
            default:
                return TargetOf(body.Url!) is { } target ? await PurgeUrlAsync(request, target, cancelled) : AdminAnswer.Wrong(TakesUrl);
        }
    }

    private async Task<AdminAnswer> PurgeContentAsync(AdminRequest request, string sha256, CancellationToken cancelled)
    {
        request.Target = $"sha256:{sha256}";
        return await known.PurgeAsync(sha256, cancelled) is { } purged
            ? await PurgedAsync(0, purged.Verdict ? 1 : 0, purged.File ? 1 : 0, cancelled)
            : AdminAnswer.Conflict(TooMany);
    }

    private async Task<AdminAnswer> PurgePrefixAsync(AdminRequest request, string prefix, CancellationToken cancelled)
    {
        request.Target = prefix;
        return cutoffs.TryForgetPrefix(prefix) ? await PurgedAsync(null, null, null, cancelled) : AdminAnswer.Conflict(TooMany);
    }

    private async Task<AdminAnswer> PurgeUrlAsync(AdminRequest request, Target target, CancellationToken cancelled)
    {
        request.Target = target.TextWithoutQuery;
        return await known.PurgeAsync(target, routes.Identities, cancelled) is { } purged
            ? await PurgedAsync(purged.Answers, purged.Verdicts, purged.Files, cancelled)
            : AdminAnswer.Conflict(TooMany);
    }

    private async Task<AdminAnswer> RescanAsync(AdminRequest request, CancellationToken cancelled)
    {
        var body = (SubjectBody)request.Body!;
        if (body.Count != 1 || body.Prefix is not null)
        {
            return AdminAnswer.Wrong("Exactly one of url, sha256 and all is needed.");
        }

        if (body.All is true)
        {
            request.Target = "everything";
            cutoffs.RescanAll();
            return AdminAnswer.Of(new RescanAnswer(null, await SharedAsync(cancelled)), AdminJson.Default.RescanAnswer);
        }

        if (body.Sha256 is { } text)
        {
            request.Target = $"sha256:{SafeWord(text)}";
            return Sha256Of(text) is { } sha256 ? await RescanAsync([sha256], cancelled) : AdminAnswer.Wrong(TakesSha256);
        }

        if (TargetOf(body.Url!) is not { } target)
        {
            return AdminAnswer.Wrong(TakesUrl);
        }

        request.Target = target.TextWithoutQuery;
        var found = await known.FindAsync(target, routes.Identities, cancelled);
        return found.Count > 0
            ? await RescanAsync([.. found.SelectMany(url => url.Contents)], cancelled)
            : AdminAnswer.NotFound("Nothing is known of this URL: it is scanned when it is next asked for.");
    }

    /// <summary>A verdict that is forgotten while the file stays is given again from the file's bytes.</summary>
    private async Task<AdminAnswer> RescanAsync(IReadOnlyList<string> contents, CancellationToken cancelled) =>
        contents.All(cutoffs.TryForgetContent)
            ? AdminAnswer.Of(new RescanAnswer(contents.Count, await SharedAsync(cancelled)), AdminJson.Default.RescanAnswer)
            : AdminAnswer.Conflict(TooMany);

    private async Task<AdminAnswer> PurgedAsync(int? answers, int? verdicts, int? files, CancellationToken cancelled) =>
        AdminAnswer.Of(new PurgeAnswer(answers, verdicts, files, await SharedAsync(cancelled)), AdminJson.Default.PurgeAnswer);

    private async Task<bool> SharedAsync(CancellationToken cancelled)
    {
        var isShared = await others.SyncAsync(cancelled);

        // A scan that begins after the answer is one of after it.
        await Task.Delay(VerdictCutoffs.Step, clock, cancelled);
        return isShared;
    }

    private static AdminAnswer Answer(string? url, IReadOnlyList<VerdictAnswer> verdicts) =>
        AdminAnswer.Of(new VerdictListAnswer(url, verdicts), AdminJson.Default.VerdictListAnswer);

    private static string? Sha256Of(string text) => text.ToLowerInvariant() is var digits && Sha256Text.IsValid(digits) ? digits : null;

    private static string SafeWord(string text) => Sha256Of(text) ?? "wrong";

    private static Target? TargetOf(string text) =>
        WebUrl.Parse(text, out _) is { } url ? Target.TryCreate(url.Base, url.Rest, out _) : null;

    private static string? PrefixOf(string text) =>
        text.EndsWith('/') && !text.Contains('?', StringComparison.Ordinal) && TargetOf(text) is { } target ? target.Text : null;
}
