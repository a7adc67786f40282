using ClamProxy.Soak.Hostile;

namespace ClamProxy.Process.Tests.Hostile;

/// <summary>
/// The short ones of the attacks; the command <c>hostile</c> of ClamProxy.Soak carries out all of them (docs/development/fault-tests.md).
/// </summary>
[Collection<HostileTurns>]
public sealed class HostileTests(HostileClamd clamd, ITestOutputHelper output)
{
    public static TheoryData<string> ShortCases => [.. HostileCases.All.Where(one => one.IsShort).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(ShortCases))]
    public async Task Attack_ChangesNothingForAnybody(string name)
    {
        var result = await HostileCases.All.Single(one => one.Name == name).RunOnceAsync(clamd.Clamd);

        output.WriteLine(result.ToString());
        Assert.True(result.IsHeld, result.ToString());
    }
}
