using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Policies;

/// <summary>What to do with unscannable files, by reason. The default refuses them all.</summary>
public sealed record UnscannablePolicy(
    PolicyAction TooLarge,
    PolicyAction Encrypted,
    PolicyAction EngineLimit,
    PolicyAction ScanError,
    PolicyAction AmbiguousArchive = default)
{
    /// <summary>What to do with a content that is unscannable for one reason, or for two.</summary>
    public PolicyAction For(ContentRecord verdict) =>
        verdict.IsAlsoAmbiguous && AmbiguousArchive is PolicyAction.Block ? PolicyAction.Block : For(verdict.Reason);

    private PolicyAction For(UnscannableReason reason) => reason switch
    {
        UnscannableReason.TooLarge => TooLarge,
        UnscannableReason.Encrypted => Encrypted,
        UnscannableReason.EngineLimit => EngineLimit,
        UnscannableReason.ScanError => ScanError,
        UnscannableReason.AmbiguousArchive => AmbiguousArchive,
        UnscannableReason.Archive or UnscannableReason.Coding or UnscannableReason.Blocked or UnscannableReason.Partial
            or UnscannableReason.None => PolicyAction.Block,
    };
}
