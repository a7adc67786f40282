using ClamProxy.Core.Download;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>Whom the end of a job is told to, how it is signed, and how often that is tried.</summary>
public sealed class CallbackOptions : ISettings
{
    private const double Day = 24 * 60 * 60;
    private const int MostPauses = 20;
    private const string SecretsTaken = "takes whsec_ and base64 of 24 to 64 random bytes, as from: echo whsec_$(openssl rand -base64 32); "
        + "host=whsec_… for one host; several separated by commas";
    private const string TargetsTaken = "takes host[:port], *.host[:port] or CIDR, such as hooks.example.org,10.1.0.0/16";

    public static string Section => "Callbacks";

    /// <summary>
    /// The secrets that callbacks are signed with. A host that has secrets of its own is sent signatures by these only, any other by those
    /// without a host. Several of one host all sign: list a new one beside the old one until the receiver has it. Every process that
    /// accepts jobs or works on them needs them. Default: unset, a callback is refused (400).
    /// </summary>
    /// <remarks>Secrets: never logged or shown.</remarks>
    [Setting(SecretsTaken, Variable = "CALLBACK_SECRETS", Secret = true)]
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>
    /// Unset: any public host by https. Set: these only, on any port where an entry names none, by https or http. Private and loopback
    /// addresses need a listed CIDR or an exact listed host; link-local, metadata and reserved ones a listed CIDR.
    /// </summary>
    [Setting(TargetsTaken, Variable = "CALLBACK_TARGETS")]
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The most callbacks of one job; a further one is refused (400). Default: 10.</summary>
    [Setting("takes a whole number from 1 to 100", Min = 1, Max = 100)]
    public int MaxPerJob { get; init; } = 10;

    /// <summary>Callbacks that one process sends at once; others wait. Default: 8.</summary>
    [Setting("takes a whole number from 1 to 1000", Min = 1, Max = 1000)]
    public int MaxAtOnce { get; init; } = 8;

    /// <summary>
    /// How long one attempt may take, from the look-up of the name to the head of the answer. Default: 15 s, the least that Standard
    /// Webhooks advises.
    /// </summary>
    [Setting("takes a time from 0.1 s to 5 minutes, such as 00:00:15", Min = 0.1, Max = 300)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The pauses between attempts, one after the other; when the attempt after the last one fails, the callback is given up. Default: the
    /// first ones of Standard Webhooks' schedule, 17.6 hours in all: less than RESULT_TTL, which ends callbacks too.
    /// </summary>
    [Setting("takes times from 0.01 s to 1 day, such as 5s,5m,30m; 20 at most", Min = 0.01, Max = Day)]
    public IReadOnlyList<TimeSpan> Pauses { get; init; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
    ];

    /// <summary>By how much of itself a pause is longer at most, at random, so that receivers are not asked by all at once. Default:
    /// 0.2.</summary>
    [Setting("takes a number from 0 to 1", Min = 0, Max = 1)]
    public double Jitter { get; init; } = 0.2;

    /// <summary>Whether callbacks are taken and sent at all.</summary>
    public bool AreOn => Secrets.Count > 0;

    /// <summary>How long a callback stays with a process that was killed while it sent it: well over one attempt.</summary>
    internal TimeSpan LeaseTime => (2 * Timeout) + TimeSpan.FromSeconds(5);

    public IEnumerable<SettingProblem> Problems()
    {
        // Not one character of a wrong one is shown: it may be the secret itself, written wrongly.
        foreach (var _ in Secrets.Where(secret => CallbackSecrets.Parse(secret) is null))
        {
            yield return new(nameof(Secrets), "***", SecretsTaken);
        }

        foreach (var entry in new AllowedUpstreams(Targets).WrongEntries)
        {
            yield return new(nameof(Targets), entry, TargetsTaken);
        }

        if (Pauses.Count > MostPauses)
        {
            yield return new(nameof(Pauses), $"{Pauses.Count} times", $"takes {MostPauses} times at most");
        }
    }
}
