using ClamProxy.Core.Failures;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Icap;

/// <summary>A decision in ICAP's terms: the fields that name what was found, and the status where there is no verdict.</summary>
internal static class IcapVerdict
{
    /// <summary>What metrics call it.</summary>
    public static string Outcome(ScanDecision decision) => decision switch
    {
        ScanDecision.Clean => "clean",
        ScanDecision.Released => "passed",
        ScanDecision.Refused { Verdict.Reason: UnscannableReason.Blocked } => "blocked",
        ScanDecision.Refused { Verdict: var verdict } => verdict.Verdict.Tag(),
        ScanDecision.Failed { Failure: var failure } => failure.Reason.Facts().Tag,
        _ => throw new InvalidOperationException($"a decision of a kind nobody knows: {decision.GetType()}"),
    };

    /// <summary>
    /// The fields of a refusal (draft-stecher-icap-subid §3.6, §3.7, and the one that FortiSandbox and Skyhigh send). Type: 0 a virus,
    /// 1 a policy, 2 a container; Resolution 2: refused.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, string>> Fields(ContentRecord verdict)
    {
        var (type, name) = verdict switch
        {
            { Verdict: Verdict.Infected } => (0, verdict.Signature ?? "unnamed"),
            { Reason: UnscannableReason.Blocked } => (1, "Blocked"),
            _ => (2, $"Unscannable-{verdict.Reason.Tag()}"),
        };
        name = SafeText.Word(name);
        yield return new("X-Infection-Found", $"Type={type}; Resolution=2; Threat={name};");
        yield return new("X-Virus-ID", name);
        yield return new("X-Virus-Name", name);
        yield return new("X-Response-Info", "Refused");
    }

    /// <summary>By which Nextcloud tells what cannot be scanned from what a scanner failed at.</summary>
    public static KeyValuePair<string, string> ErrorCode(ContentRecord verdict) => new("X-Error-Code", verdict.Reason switch
    {
        UnscannableReason.Encrypted => "password_protected",
        UnscannableReason.EngineLimit or UnscannableReason.TooLarge => "max_archive_layers_exceeded",
        UnscannableReason.Blocked => "file_type_blocked",
        UnscannableReason.Archive or UnscannableReason.AmbiguousArchive or UnscannableReason.Coding or UnscannableReason.ScanError
            or UnscannableReason.Partial or UnscannableReason.None => "decode_error",
    });

    /// <summary>
    /// Status and reason phrase where there is no verdict. None of them lets a message pass: to a client that bypasses a failed service it
    /// is its own decision.
    /// </summary>
    public static string Status(FailureReason reason) => FailureProblems.Of(new Failure(reason, "")).Status switch
    {
        StatusCodes.Status400BadRequest => "400 Bad Request",
        StatusCodes.Status408RequestTimeout => "408 Request Timeout",
        StatusCodes.Status503ServiceUnavailable => "503 Service Unavailable",
        _ => "500 Server Error",
    };
}
