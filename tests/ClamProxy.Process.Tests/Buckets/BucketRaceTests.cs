using ClamProxy.Core.Buckets;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.Soak.Buckets;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>
/// The changes that each meet the flow at another place; the command <c>bucket-races</c> of ClamProxy.Soak runs all of them
/// (docs/development/fault-tests.md).
/// </summary>
public sealed class BucketRaceTests(MotoFixture moto, ITestOutputHelper output) : IClassFixture<MotoFixture>
{
    [Fact]
    public async Task ObjectThatChangesAtAnyRequest_IsPlacedAsItWasScannedAndNothingIsLost()
    {
        var matrix = new RaceMatrix(output.WriteLine);

        await matrix.RunAsync(moto.Server, IsChosen);

        Assert.True(matrix.IsGood, RaceCommand.Write(matrix));
    }

    private static bool IsChosen(RaceKind kind) => kind is
    {
        Action: BucketAction.Move,
        Versioning: Versioning.Off,
        Content: RaceContent.Clean,
        Change: null or ObjectChange.BadOvertakes or ObjectChange.GoodTakenForFirst,
    };
}
