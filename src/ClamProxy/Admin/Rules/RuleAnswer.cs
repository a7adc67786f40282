using ClamProxy.Core.Policies;

namespace ClamProxy.Admin.Rules;

/// <summary>An exception (waiver) or a block.</summary>
/// <param name="Id">By which it can be removed.</param>
/// <param name="Sha256">The content that it is about.</param>
/// <param name="Signature">The signature that an exception is about.</param>
/// <param name="Target">The beginning of the URLs that it is about.</param>
/// <param name="Package">The package that a block is about.</param>
/// <param name="Version">The one version of it; null: all.</param>
/// <param name="Owner">Who is responsible for an exception.</param>
/// <param name="Reason">Why.</param>
/// <param name="Until">When it ends; null: it has no end.</param>
/// <param name="InForce">Whether it has not ended.</param>
/// <param name="Removable">Whether it was added by this API; false: it stands in the operator's own file.</param>
/// <param name="File">The file that it stands in.</param>
/// <param name="Entry">Its place there, from 1.</param>
internal sealed record RuleAnswer(
    string Id,
    string? Sha256,
    string? Signature,
    string? Target,
    string? Package,
    string? Version,
    string? Owner,
    string Reason,
    DateTimeOffset? Until,
    bool InForce,
    bool Removable,
    string File,
    int Entry)
{
    public static RuleAnswer Of(PlacedRule<Waiver> placed, DateTimeOffset now)
    {
        var waiver = placed.Rule;
        return new(
            placed.Id, waiver.Sha256, waiver.Signature, waiver.Target, null, null, waiver.Owner, waiver.Reason, waiver.Expires,
            now < waiver.Expires, placed.IsAdded, placed.File, placed.Entry);
    }

    public static RuleAnswer Of(PlacedRule<Block> placed, DateTimeOffset now)
    {
        var block = placed.Rule;
        return new(
            placed.Id, block.Sha256, null, block.Target, block.Package, block.Version, null, block.Reason, block.Expires,
            !(block.Expires <= now), placed.IsAdded, placed.File, placed.Entry);
    }
}
