using ClamProxy.Core.Fetching;

namespace ClamProxy.Core.Tests.Fetching;

/// <summary>What a gate answered, in the words of the tests.</summary>
/// <param name="Cache">How the answer came about.</param>
/// <param name="Text">The file; where there was none, why.</param>
internal sealed record GateAnswer(CacheOutcome Cache, string Text)
{
    public UpstreamHead? Head { get; init; }

    public TimeSpan? Age { get; init; }

    public (CacheOutcome Cache, string Text) Short => (Cache, Text);
}
