using ClamProxy.Core.Gate;

namespace ClamProxy.Core.Tests.Gate;

/// <summary>What a gate answered, in the words of the tests.</summary>
/// <param name="Knowledge">How the answer came about.</param>
/// <param name="Text">The file; where there was none, why.</param>
internal sealed record GateAnswer(Knowledge Knowledge, string Text)
{
    public UpstreamHead? Head { get; init; }

    public TimeSpan? Age { get; init; }

    public (Knowledge Knowledge, string Text) Short => (Knowledge, Text);
}
