using ClamProxy.Core.Download;
using ClamProxy.Core.Settings;
using ClamProxy.Core.Webhooks;

namespace ClamProxy.Core.Events;

/// <summary>One web server that events are sent to.</summary>
public sealed class EventTargetOptions
{
    internal const string TakesUrl = "takes an absolute https URL, such as https://siem.example.org/hook; http for hosts in EVENT_TARGETS";
    internal const string TakesSecrets = "takes whsec_ and base64 of 24 to 64 random bytes, as from: echo whsec_$(openssl rand -base64 32)";
    internal const string TakesKinds = "takes refused and detected-late, separated by commas";

    /// <summary>Where events are sent by POST. It may hold secrets in its query: never logged.</summary>
    [Setting(TakesUrl, Secret = true)]
    public string Url { get; init; } = "";

    /// <summary>
    /// What events to it are signed with; several all sign, so that one can be replaced. Default: unset, those of EVENT_SECRETS.
    /// </summary>
    /// <remarks>Secrets: never logged or shown.</remarks>
    [Setting(TakesSecrets, Secret = true)]
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>What it is told of. Default: refused and detected-late.</summary>
    [Setting(TakesKinds)]
    public IReadOnlyList<EventKind> Kinds { get; init; } = [EventKind.Refused, EventKind.DetectedLate];

    internal IEnumerable<SettingProblem> Problems(bool isAnyListed, bool hasOtherSecrets)
    {
        // A wrong URL is not shown: it may hold a secret.
        if (Target.TryParse(Url, out _) is not { } target || (target.Uri.Scheme != Uri.UriSchemeHttps && !isAnyListed))
        {
            yield return new(nameof(Url), Url.Length == 0 ? "" : "***", TakesUrl);
        }

        if (Secrets.Any(secret => WebhookSignature.ParseSecret(secret) is null))
        {
            yield return new(nameof(Secrets), "***", TakesSecrets);
        }
        else if (Secrets.Count == 0 && !hasOtherSecrets)
        {
            yield return new(nameof(Secrets), "", $"{TakesSecrets}; or set EVENT_SECRETS: events are always signed");
        }

        if (Kinds.Count == 0 || Kinds.Contains(EventKind.Test))
        {
            yield return new(nameof(Kinds), string.Join(',', Kinds.Select(kind => kind.Name())), TakesKinds);
        }
    }
}
