namespace ClamProxy.Fuzz;

/// <summary>One parser with what must hold for it.</summary>
/// <param name="Name">Also its folder in the corpus.</param>
/// <param name="Words">Pieces that mean something to it.</param>
/// <param name="Check">Parses an input and checks the properties. It may throw: that is a violation too.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<string> Words, Func<byte[], FuzzOutcome> Check)
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        ClamdReplyTarget.Create(), RangeFieldTarget.Create(), IcapRequestTarget.Create(), ExtProcMessageTarget.Create(),
        ExtProcStateTarget.Create(),
    ];
}
