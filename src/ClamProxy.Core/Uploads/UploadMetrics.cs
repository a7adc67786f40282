using System.Diagnostics.Metrics;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Uploads;

/// <summary>Counts requests that routes allow beside GET and HEAD.</summary>
internal sealed class UploadMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;

    public UploadMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ClamProxy.Uploads");
        _requests = meter.CreateCounter<long>(
            "clamproxy.uploads.requests", "{request}", "Requests of other methods than GET and HEAD by what became of them.");
        _bytes = meter.CreateCounter<long>("clamproxy.uploads.sent", "By", "Bytes of bodies that were scanned and went upstream.");
    }

    public void Ended(UploadResult result)
    {
        _requests.Add(1, new KeyValuePair<string, object?>("outcome", Outcome(result)));
        _bytes.Add(result.Length);
    }

    private static string Outcome(UploadResult result) => result.Answer switch
    {
        GateResult.Refused { Verdict.Verdict: Verdict.Infected } => "infected",
        GateResult.Refused { Verdict.Reason: UnscannableReason.Blocked } => "blocked",
        GateResult.Refused => "unscannable",
        GateResult.Failed { Failure: var failure } => failure.Reason.Facts().Tag,
        _ => "sent",
    };
}
