using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Deliveries;

/// <summary>A content, or a part of it, that somebody was sent.</summary>
/// <param name="Sha256">The whole content's SHA-256: 64 lower-case hexadecimal digits.</param>
/// <param name="Verdict">What it was held for then.</param>
/// <param name="Door">By which way: a name of DOORS; <c>…-request</c> where a proxy lent what its client sent.</param>
/// <param name="Url">Where it came from, without query and credentials.</param>
/// <param name="Bytes">How much of it was sent.</param>
public sealed record Delivery(string Sha256, Verdict Verdict, string Door, string Url, long Bytes)
{
    /// <summary>When its request began, or its verdict was given; null: when it is added.</summary>
    public DateTimeOffset? BeganAt { get; init; }

    /// <summary>The address of who took it, or the place where it was put; null: nobody knows.</summary>
    public string? Client { get; init; }

    /// <summary>The name of the credential, or the user whom a proxy names; null: there is none.</summary>
    public string? User { get; init; }

    public string? RequestId { get; init; }
}
