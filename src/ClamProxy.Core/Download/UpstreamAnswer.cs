using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>Upstream's answer, or why there is none: exactly one of the two is set.</summary>
/// <param name="Response">The answer; whoever holds it disposes of it.</param>
/// <param name="Failure">Why there is none.</param>
public sealed record UpstreamAnswer(UpstreamResponse? Response, Failure? Failure);
