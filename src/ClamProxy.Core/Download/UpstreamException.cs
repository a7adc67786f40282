using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>Carries a failure through the HTTP client's handlers; <see cref="UpstreamFaults.Classify"/> takes it out again.</summary>
internal sealed class UpstreamException(Failure failure) : HttpRequestException(failure.Detail, failure.Cause)
{
    public Failure Failure { get; } = failure;
}
