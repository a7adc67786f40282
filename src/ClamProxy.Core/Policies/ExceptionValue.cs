namespace ClamProxy.Core.Policies;

/// <summary>One exception as the file has it.</summary>
internal sealed record ExceptionValue(
    string? Sha256, string? Signature, string? Target, string? Owner, string? Reason, DateTimeOffset? Expires)
{
    public ExceptionEntry ToEntry() => new(Sha256, Signature, Target, Owner ?? "", Reason ?? "", Expires ?? default);
}
