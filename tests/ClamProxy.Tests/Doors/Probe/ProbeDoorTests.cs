using ClamProxy.Core.Failures;
using ClamProxy.Core.Scanning;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Probe;

/// <summary>An upload, a stream and a file get through the core without a URL.</summary>
public sealed class ProbeDoorTests : ContentDoorConformance
{
    [Fact]
    public async Task UploadStreamAndFileOfOneContent_AreOneScan()
    {
        await using var world = await StartAsync();
        using var folder = new TempFolder();
        var content = RandomBody.Of(20_000);
        await File.WriteAllBytesAsync(folder.File("a"), content, TestContext.Current.CancellationToken);
        var door = new ProbeDoor(world.Services);

        var decisions = new[]
        {
            await door.ScanUploadAsync(content, "upload 1", CancellationToken.None),
            await door.ScanAsync(new MemoryStream(content), null, "stream 1", CancellationToken.None),
            await door.ScanFileAsync(folder.File("a"), CancellationToken.None),
        };

        Assert.All(decisions, decision => Assert.IsType<ScanDecision.Clean>(decision));
        Assert.Equal([VerdictOrigin.Scanned, VerdictOrigin.Known, VerdictOrigin.Known], decisions.Select(decision => decision.Origin));
        Assert.Single(world.Clamd.Contents);
    }

    private protected override async Task<DoorAnswer?> SendAsync(ProxyWorld world, SentContent content, CancellationToken leaving)
    {
        var decision = await new ProbeDoor(world.Services).ScanAsync(
            content.ToStream(), content.IsAnnounced ? content.Bytes.Length : null, content.Name, leaving);
        return decision switch
        {
            ScanDecision.Clean => new DoorAnswer.Passed(),
            ScanDecision.Released => new DoorAnswer.Passed(),
            ScanDecision.Refused refused => new DoorAnswer.Refused(refused.Verdict.Verdict.ToString().ToLowerInvariant()),
            ScanDecision.Failed failed => new DoorAnswer.Failed(failed.Failure.Reason.Facts().Tag),
            _ => throw new InvalidOperationException($"{decision}"),
        };
    }
}
