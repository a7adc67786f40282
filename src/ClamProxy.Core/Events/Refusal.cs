using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Events;

/// <summary>A content that was not let pass.</summary>
/// <param name="At">When it was refused.</param>
/// <param name="Door">By which way it was asked for, as the access log names it.</param>
/// <param name="Url">Where it comes from, without query and credentials.</param>
/// <param name="Verdict">Why.</param>
public sealed record Refusal(DateTimeOffset At, string Door, string Url, ContentRecord Verdict)
{
    /// <summary>The address of who asked; null: nobody knows.</summary>
    public string? Client { get; init; }

    /// <summary>The name of the credential, or the user whom a proxy names; null: there is none.</summary>
    public string? User { get; init; }

    public string? RequestId { get; init; }
}
