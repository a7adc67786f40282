using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Scanning;

/// <summary>How processes share scans. In the gate's section, where it always was.</summary>
public sealed class ScanningOptions : ISettings
{
    public static string Section => "Gate";

    /// <summary>
    /// How long a content waits for the verdict of another process that is scanning the same bytes (they share one Redis) before this
    /// process has it scanned as
    /// well. Default: 2 minutes, which is clamd's own limit for one file (clamd.conf(5), MaxScanTime).
    /// </summary>
    [Setting("takes a time from 00:00:00 to 01:00:00", Min = 0, Max = 3600)]
    public TimeSpan FollowScanFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Any text that the operator changes together with signatures of their own, which have no number: with another text than the one that
    /// was there last, all contents are scanned again. Default: unset.
    /// </summary>
    [Setting("takes a text of at most 200 characters, such as a date or a commit", Variable = "SIGNATURE_REVISION")]
    public string SignatureRevision { get; init; } = "";

    /// <summary>
    /// The scanner's folder of signatures (clamd.conf's DatabaseDirectory), where it can be read here: when files in it change, except the
    /// daily database, whose number clamd tells, all contents are scanned again. Default: unset.
    /// </summary>
    [Setting("takes the path of a folder that can be read", Variable = "SIGNATURE_FOLDER")]
    public string SignatureFolder { get; init; } = "";

    /// <summary>
    /// How long after a change in <see cref="SignatureFolder"/> the scanner may still work with the earlier files; then all contents are
    /// scanned once more. Default: 15 minutes, more than clamd's own 10 minutes between two looks (SelfCheck) and the time to load.
    /// </summary>
    [Setting("takes a time from 1 second to 24 hours, such as 15m", Min = 1, Max = 86_400)]
    public TimeSpan SignatureReloadWithin { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often reloads and <see cref="SignatureFolder"/> are looked for. Default: 2 seconds.</summary>
    [Setting("takes a time from 00:00:00.1 to 1 hour", Min = 0.1, Max = 3_600)]
    public TimeSpan SignatureInterval { get; init; } = TimeSpan.FromSeconds(2);

    public IEnumerable<SettingProblem> Problems()
    {
        const int LongestRevision = 200;
        if (SignatureRevision.Length > LongestRevision)
        {
            yield return new(
                nameof(SignatureRevision), $"{SignatureRevision.Length} characters", "takes a text of at most 200 characters");
        }

        if (SignatureFolder.Length > 0 && SignatureFiles.Fingerprint(SignatureFolder) is null)
        {
            yield return new(nameof(SignatureFolder), SignatureFolder, "takes the path of a folder that can be read");
        }
    }
}
