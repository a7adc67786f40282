using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Policies;

/// <summary>What to do with unscannable files, by reason. The default refuses them all.</summary>
public sealed record UnscannablePolicy(PolicyAction TooLarge, PolicyAction Encrypted, PolicyAction EngineLimit, PolicyAction ScanError)
{
    public PolicyAction For(UnscannableReason reason) => reason switch
    {
        UnscannableReason.TooLarge => TooLarge,
        UnscannableReason.Encrypted => Encrypted,
        UnscannableReason.EngineLimit => EngineLimit,
        UnscannableReason.ScanError => ScanError,
        UnscannableReason.Archive or UnscannableReason.Coding or UnscannableReason.Blocked or UnscannableReason.None => PolicyAction.Block,
    };
}
