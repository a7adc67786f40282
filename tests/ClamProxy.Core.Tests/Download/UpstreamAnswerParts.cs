using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Tests.Download;

/// <summary>The parts of an answer, for tests that know which of them is there.</summary>
internal static class UpstreamAnswerParts
{
    extension(UpstreamAnswer answer)
    {
        public UpstreamResponse? Response => (answer as UpstreamAnswer.Answered)?.Response;

        public Failure? Failure => (answer as UpstreamAnswer.Failed)?.Failure;
    }
}
