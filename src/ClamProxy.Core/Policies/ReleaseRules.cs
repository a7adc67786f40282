using ClamProxy.Core.Download;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Policies;

/// <summary>Says whether something that is not clean is delivered all the same.</summary>
internal sealed class ReleaseRules(PolicyOptions options, Waivers waivers)
{
    /// <param name="target">What is asked for.</param>
    /// <param name="ofRoute">The policy of the request's route; null: as the options say.</param>
    /// <param name="verdict">Not clean.</param>
    /// <returns>Null: it is refused.</returns>
    public Release? Find(Target target, UnscannablePolicy? ofRoute, ContentRecord verdict) => verdict.Verdict switch
    {
        Verdict.Unscannable when (ofRoute ?? options.Unscannable).For(verdict.Reason) == PolicyAction.Pass => new Release(verdict.Reason, null),
        Verdict.Infected or Verdict.Unscannable =>
            waivers.Find(exception => exception.Covers(target, verdict)) is { } found ? new Release(UnscannableReason.None, found) : null,
        Verdict.Clean or Verdict.None => null,
    };

    /// <summary>Whether a body is taken although it is larger than the scanner may be asked about.</summary>
    public bool TakesAnySize(Target target, UnscannablePolicy? ofRoute) =>
        (ofRoute ?? options.Unscannable).TooLarge == PolicyAction.Pass || waivers.Find(exception => exception.CoversAll(target)) is not null;
}
