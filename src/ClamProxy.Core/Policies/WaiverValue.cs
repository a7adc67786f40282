namespace ClamProxy.Core.Policies;

/// <summary>One exception as the file has it.</summary>
internal sealed record WaiverValue(
    string? Sha256, string? Signature, string? Target, string? Owner, string? Reason, DateTimeOffset? Expires)
{
    public static WaiverValue Of(Waiver waiver) =>
        new(waiver.Sha256, waiver.Signature, waiver.Target, waiver.Owner, waiver.Reason, waiver.Expires);

    public Waiver ToEntry() => new(Sha256, Signature, Target, Owner ?? "", Reason ?? "", Expires ?? default);
}
