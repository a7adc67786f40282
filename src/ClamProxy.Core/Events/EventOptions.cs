using System.Text.RegularExpressions;
using ClamProxy.Core.Download;
using ClamProxy.Core.Settings;
using ClamProxy.Core.Webhooks;

namespace ClamProxy.Core.Events;

/// <summary>Who is told of refusals and of late detections, and how.</summary>
public sealed partial class EventOptions : ISettings
{
    private const double Day = 24 * 60 * 60;
    private const int MostPauses = 20;
    private const string TakesListed = "takes name=URL, separated by commas, such as siem=https://siem.example.org/hook";
    private const string TakesAllowed = "takes host[:port], *.host[:port] or CIDR, such as siem.example.org,10.1.0.0/16";
    private const string TakesName = "takes names of up to 64 letters, digits, dots, hyphens and underscores";

    public static string Section => "EventWebhooks";

    /// <summary>Web servers that are told of everything, by names of the operator's. Default: none.</summary>
    [Setting(TakesListed, Variable = "EVENT_WEBHOOKS", Secret = true)]
    public IReadOnlyList<string> Listed { get; init; } = [];

    /// <summary>Web servers by names of the operator's, each with what is set for it alone. Default: none.</summary>
    [Setting("takes targets, each with at least Url")]
    public IReadOnlyDictionary<string, EventTargetOptions> Targets { get; init; } = new Dictionary<string, EventTargetOptions>();

    /// <summary>
    /// What events are signed with that go to targets without secrets of their own. Several all sign, so that one can be replaced.
    /// Default: unset.
    /// </summary>
    /// <remarks>Secrets: never logged or shown.</remarks>
    [Setting(EventTargetOptions.TakesSecrets, Variable = "EVENT_SECRETS", Secret = true)]
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>
    /// Unset: any public host by https. Set: these only, on any port where an entry names none, by https or http. Private and loopback
    /// addresses need a listed CIDR or an exact listed host; link-local, metadata and reserved ones a listed CIDR.
    /// </summary>
    [Setting(TakesAllowed, Variable = "EVENT_TARGETS")]
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>What events say they come from (<c>source</c>). Default: unset, <c>/clamproxy/</c> and the machine's name.</summary>
    [Setting("takes a URI or a path of printable ASCII without spaces, such as /clamproxy/paris", Variable = "EVENT_SOURCE")]
    public string Source { get; init; } = "";

    /// <summary>
    /// How many events may wait for one target; when there are more, the oldest refusal goes, and where there is none, the oldest event.
    /// Default: 10,000.
    /// </summary>
    [Setting("takes a whole number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxWaiting { get; init; } = 10_000;

    /// <summary>How many refusals may wait in memory to be written to the queue; further ones are dropped. Default: 2,000.</summary>
    [Setting("takes a whole number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxPending { get; init; } = 2000;

    /// <summary>How many rows of the record one event of a late detection has; more become several events. Default: 50.</summary>
    [Setting("takes a whole number from 1 to 1000", Min = 1, Max = 1000)]
    public int MaxTakers { get; init; } = 50;

    /// <summary>
    /// How long one attempt may take, from the look-up of the name to the head of the answer. Default: 15 s, the least that Standard
    /// Webhooks advises.
    /// </summary>
    [Setting("takes a time from 0.1 s to 5 minutes, such as 00:00:15", Min = 0.1, Max = 300)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The pauses after failures in a row; the last one is repeated. Default: 1 s to 5 minutes, so that a receiver that works again has
    /// what waits within 5 minutes.
    /// </summary>
    [Setting("takes times from 0.01 s to 1 day, such as 5s,1m,5m; 20 at most", Min = 0.01, Max = Day)]
    public IReadOnlyList<TimeSpan> Pauses { get; init; } =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5),
    ];

    /// <summary>How old an event is when it is given up. Default: 3 days, a weekend.</summary>
    [Setting("takes a time from 1 second to 30 days, such as 3.00:00:00", Variable = "EVENT_KEEP_FOR", Min = 1, Max = 30 * Day)]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(3);

    /// <summary>
    /// How often an event is sent that its receiver answers with 400, 413, 415 or 422, before it is given up. Default: 5.
    /// </summary>
    [Setting("takes a whole number from 1 to 100", Min = 1, Max = 100)]
    public int RejectedAttempts { get; init; } = 5;

    /// <summary>The folder that events wait in; empty: they wait in memory.</summary>
    public string DataPath { get; set; } = "";

    /// <inheritdoc cref="Source"/>
    internal string From => Source.Length > 0 ? Source : $"/clamproxy/{Uri.EscapeDataString(Environment.MachineName)}";

    /// <summary>Whether there is anybody to tell.</summary>
    public bool AreOn => Listed.Count + Targets.Count > 0;

    /// <summary>All targets, by name.</summary>
    internal IEnumerable<(string Name, EventTargetOptions Target)> All =>
        Listed.Select(Parse).OfType<(string, EventTargetOptions)>().Concat(Targets.Select(pair => (pair.Key, pair.Value)));

    /// <summary>How long a target stays with a process that was killed while it sent an event: well over one attempt.</summary>
    internal TimeSpan LeaseTime => (2 * Timeout) + TimeSpan.FromSeconds(5);

    public IEnumerable<SettingProblem> Problems() =>
        Listed.Where(entry => Parse(entry) is null).Select(_ => new SettingProblem(nameof(Listed), "***", TakesListed))
            .Concat(ProblemsOfTargets())
            .Concat(ProblemsOfRest());

    private IEnumerable<SettingProblem> ProblemsOfTargets()
    {
        var (isAnyListed, hasSecrets) = (Allowed.Count > 0, Secrets.Count > 0);
        foreach (var problem in Listed.Select(Parse).OfType<(string Name, EventTargetOptions Target)>()
            .SelectMany(one => one.Target.Problems(isAnyListed, hasSecrets)))
        {
            yield return problem.Property == nameof(EventTargetOptions.Url)
                ? problem with { Property = nameof(Listed), Takes = TakesListed }
                : problem;
        }

        foreach (var (name, target) in Targets)
        {
            foreach (var problem in target.Problems(isAnyListed, hasSecrets))
            {
                yield return problem with { Property = $"{nameof(Targets)}:{name}:{problem.Property}" };
            }
        }

        foreach (var name in All.GroupBy(one => one.Name, StringComparer.OrdinalIgnoreCase)
            .Where(same => same.Count() > 1 || !Names().IsMatch(same.Key)).Select(same => same.Key))
        {
            yield return new(nameof(Targets), name, $"{TakesName}; each once");
        }
    }

    private IEnumerable<SettingProblem> ProblemsOfRest()
    {
        // Not one character of a wrong one is shown: it may be the secret itself, written wrongly.
        if (Secrets.Any(secret => WebhookSignature.ParseSecret(secret) is null))
        {
            yield return new(nameof(Secrets), "***", EventTargetOptions.TakesSecrets);
        }

        foreach (var entry in new AllowedUpstreams(Allowed).WrongEntries)
        {
            yield return new(nameof(Allowed), entry, TakesAllowed);
        }

        if (!Uri.TryCreate(Source, UriKind.RelativeOrAbsolute, out _) || Source.Any(one => one is <= ' ' or > '~'))
        {
            yield return new(nameof(Source), Source, "takes a URI or a path of printable ASCII without spaces, such as /clamproxy/paris");
        }

        if (Pauses.Count is 0 or > MostPauses)
        {
            yield return new(nameof(Pauses), $"{Pauses.Count} times", $"takes {MostPauses} times at most");
        }
    }

    private static (string Name, EventTargetOptions Target)? Parse(string entry) =>
        entry.IndexOf('=', StringComparison.Ordinal) is > 0 and var end && Names().IsMatch(entry[..end])
            ? (entry[..end], new EventTargetOptions { Url = entry[(end + 1)..] })
            : null;

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
