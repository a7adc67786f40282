using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Policies;

/// <summary>Says whether something that is not clean is delivered all the same.</summary>
/// <remarks>
/// A source is the URL that a content comes from, without its query: exceptions for targets match its beginning. Null: it comes from
/// nowhere that an exception could name. It must never be text of a client's choosing, such as an uploaded file's name.
/// </remarks>
internal sealed class ReleaseRules(CurrentPolicies policies, Waivers waivers)
{
    /// <param name="source">Where the content comes from.</param>
    /// <param name="ofRoute">The policy of the request's route; null: as the options say.</param>
    /// <param name="verdict">Not clean.</param>
    /// <returns>Null: it is refused.</returns>
    public Release? Find(string? source, UnscannablePolicy? ofRoute, ContentRecord verdict) => verdict.Verdict switch
    {
        // Whoever blocks something wants none of it, whatever else is allowed.
        Verdict.Unscannable when verdict.Reason == UnscannableReason.Blocked => null,
        Verdict.Unscannable when (ofRoute ?? policies.Options.Unscannable).For(verdict) == PolicyAction.Pass =>
            new Release(verdict.Reason, null),
        Verdict.Infected or Verdict.Unscannable =>
            waivers.Find(exception => exception.Covers(source, verdict)) is { } found ? new Release(UnscannableReason.None, found) : null,
        Verdict.Clean or Verdict.None => null,
    };

    /// <summary>Whether a body is taken although it is larger than the scanner may be asked about.</summary>
    public bool TakesAnySize(string? source, UnscannablePolicy? ofRoute) =>
        (ofRoute ?? policies.Options.Unscannable).TooLarge == PolicyAction.Pass
            || waivers.Find(exception => exception.CoversAll(source)) is not null;
}
