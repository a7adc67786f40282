using System.Diagnostics.CodeAnalysis;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>Upstream's answer, or why there is none: exactly one of the two is set.</summary>
/// <param name="Response">The answer; whoever holds it disposes of it.</param>
/// <param name="Failure">Why there is none.</param>
public sealed record UpstreamAnswer(UpstreamResponse? Response, Failure? Failure)
{
    [MemberNotNullWhen(true, nameof(Response))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsAnswered => Response is not null;
}
