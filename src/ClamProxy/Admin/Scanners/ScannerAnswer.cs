using ClamProxy.Core.Clamd;

namespace ClamProxy.Admin.Scanners;

/// <summary>One scanner.</summary>
/// <param name="Scanner">Its endpoint, by which it is drained, resumed and tested.</param>
/// <param name="State">working, drained, down (it does not answer) or untrusted (it has not passed its test, or is leaving).</param>
/// <param name="Problem">Why it gets no work, and what to change; null: it does.</param>
/// <param name="InFlight">Scans that it is busy with.</param>
/// <param name="Scans">Scans that it gave an answer to.</param>
/// <param name="Failures">Scans in a row, up to now, that got no answer.</param>
/// <param name="AverageSeconds">How long its scans take; a moving average.</param>
/// <param name="Engine">The engine's version; null: not known.</param>
/// <param name="Database">The version of its signatures; null: it names none.</param>
/// <param name="DatabaseDate">When these were made.</param>
/// <param name="SignatureAgeSeconds">How long ago that was.</param>
/// <param name="LastCanary">How its last test ended; null: it was not tested yet.</param>
/// <param name="TrustedSize">The largest file or member of an archive, in bytes, that it was shown to look at.</param>
/// <param name="ReportsEncrypted">Whether it reports encrypted archives; null: not known.</param>
internal sealed record ScannerAnswer(
    string Scanner,
    string State,
    string? Problem,
    int InFlight,
    long Scans,
    int Failures,
    double AverageSeconds,
    string? Engine,
    int? Database,
    DateTimeOffset? DatabaseDate,
    long? SignatureAgeSeconds,
    CanaryAnswer? LastCanary,
    long? TrustedSize,
    bool? ReportsEncrypted)
{
    public static ScannerAnswer Of(ScannerState state, DateTimeOffset now) => new(
        state.Endpoint,
        StateOf(state),
        state.Trouble,
        state.ScansInFlight,
        state.Figures.Scans,
        state.Figures.Failures,
        Math.Round(state.Figures.AverageTime.TotalSeconds, 3),
        state.Version?.Engine,
        state.Version?.Database,
        state.Version?.DatabaseDate,
        state.Version?.DatabaseDate is { } made ? (long)(now - made).TotalSeconds : null,
        state.LastTest is { } test ? CanaryAnswer.Of(test) : null,
        state.Limits?.TrustedSize,
        state.Limits?.TellsEncrypted);

    private static string StateOf(ScannerState state) => state switch
    {
        { IsDrained: true } => "drained",
        { IsUp: false } => "down",
        { IsTrusted: true } => "working",
        _ => "untrusted",
    };
}
