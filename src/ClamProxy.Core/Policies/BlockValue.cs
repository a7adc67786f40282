namespace ClamProxy.Core.Policies;

/// <summary>One block as the file has it.</summary>
internal sealed record BlockValue(
    string? Sha256, string? Target, string? Package, string? Version, string? Reason, DateTimeOffset? Expires)
{
    public static BlockValue Of(Block block) =>
        new(block.Sha256, block.Target, block.Package, block.Version, block.Reason, block.Expires);

    public Block ToEntry() => new(Sha256, Target, Package, Version, Reason ?? "", Expires);
}
