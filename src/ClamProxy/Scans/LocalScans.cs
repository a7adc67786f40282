using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using ClamProxy.Doors.Api;
using ClamProxy.Warming;

namespace ClamProxy.Scans;

/// <summary>
/// Scans in this process, by the settings that a server would be started with: the same scanners, verdicts, policies and upstream guard.
/// A file is spooled first, since another process may write to it: the hash that a verdict is recorded by is that of what was scanned.
/// </summary>
internal sealed class LocalScans(IHost host) : IContentScans
{
    private readonly ContentIntake _intake = host.Services.GetRequiredService<ContentIntake>();
    private readonly ContentScanner _scanner = host.Services.GetRequiredService<ContentScanner>();
    private readonly ContentGate _gate = host.Services.GetRequiredService<ContentGate>();

    public async Task<ScannedContent> ScanAsync(ScanTarget target, CancellationToken isOver)
    {
        switch (target)
        {
            case ScanTarget.Input:
                await using (var input = Console.OpenStandardInput())
                {
                    return await ScanAsync(target, input, length: null, isOver);
                }

            case ScanTarget.File { Path: var path }:
                await using (var file = LocalFile.Open(path))
                {
                    return await ScanAsync(target, file, file.CanSeek ? file.Length : null, isOver);
                }

            case ScanTarget.Web { Url: var url }:
                return await FetchAsync(target, url, isOver);
            default:
                throw new InvalidOperationException("a target of a kind that nobody scans");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private async Task<ScannedContent> ScanAsync(ScanTarget target, Stream content, long? length, CancellationToken isOver)
    {
        var subject = new ScanSubject(target.Name);
        var taken = await _intake.TakeAsync(content, new IntakeTerms(length, TakesAnySize: _scanner.TakesAnySize(subject)), isOver);
        if (taken is IntakeResult.NotTaken { Failure: var failure })
        {
            return Answer(target, _scanner.DecideNotTaken(failure), length);
        }

        using var file = ((IntakeResult.Taken)taken).File;
        return Answer(target, await _scanner.ScanAsync(subject, file, isOver), file.Length);
    }

    private async Task<ScannedContent> FetchAsync(ScanTarget target, WebUrl url, CancellationToken isOver)
    {
        if (Target.TryCreate(url.Base, url.Rest, out var problem) is not { } upstream)
        {
            return ScannedContent.Failed(target, problem ?? "");
        }

        await using var result = await _gate.OpenAsync(
            new GateRequest(upstream, [], CacheScan: true) { Delivery = DeliveryMode.Hold }, isOver);
        return result switch
        {
            GateResult.Whole { Head.Status: not 200 } other => ScannedContent.Failed(target, $"Upstream answered {other.Head.Status}."),
            GateResult.Whole file => Answer(target, file.Verdict, file.Body.Length, !file.Trace.IsScanned, file.Release is not null),
            GateResult.Refused refused => Answer(target, refused.Verdict, null, false, false),
            GateResult.Failed failed => ScannedContent.Failed(target, failed.Failure.DetailAndCause),
            _ => ScannedContent.Failed(target, "Upstream's answer is no file."),
        };
    }

    private static ScannedContent Answer(ScanTarget target, ScanDecision decision, long? size) => decision switch
    {
        ScanDecision.Judged judged => Answer(
            target, judged.Verdict, size, decision.Origin == VerdictOrigin.Known, decision is ScanDecision.Released),
        ScanDecision.Failed failed => ScannedContent.Failed(target, failed.Failure.DetailAndCause),
        _ => throw new InvalidOperationException("a decision of a kind that nobody knows"),
    };

    private static ScannedContent Answer(ScanTarget target, ContentRecord verdict, long? size, bool isKnown, bool isReleased) =>
        ScannedContent.Of(target, ScanVerdictAnswer.Of(verdict, size, isKnown, isReleased), verdict.Detail);
}
