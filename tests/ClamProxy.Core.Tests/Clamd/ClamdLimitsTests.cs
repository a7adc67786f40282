using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>What a scanner is shown to do beyond finding EICAR, and that it gets work accordingly.</summary>
public sealed class ClamdLimitsTests
{
    private const int Patience = 30_000;

    [Theory(Timeout = Patience)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    [InlineData(2_097_152_000)]
    [InlineData(uint.MaxValue - 1)]
    public async Task MaxFileSize_IsFoundToTheByte(long size)
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.MaxFileSize = size;
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        Assert.Equal(new ScannerLimits(size, IsSilent: false, TellsEncrypted: true), rig.Pool.Scanners[0].Limits);
        Assert.Equal(size, (await rig.ScanAsync([1])).Limits?.TrustedSize);
    }

    [Fact(Timeout = Patience)]
    public async Task MaxFileSizeChanges_ItIsFoundAgain()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        clamd.MaxFileSize = 123_456;
        clamd.VersionReply = "ClamAV 1.4.6/27827/Sat Nov 21 08:00:00 2026\0";
        await rig.UntilAsync(scanners => scanners[0].Limits?.TrustedSize == 123_456);
    }

    [Fact(Timeout = Patience)]
    public async Task ScannerThatLooksAtNothing_GetsNoWork()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.MaxFileSize = 65_535;
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var report = await rig.ScanAsync([1]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("MaxFileSize", report.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task ScannerThatMissesEicarInAZip_GetsNoWork()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.FindsEicarInZip = false;
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var report = await rig.ScanAsync([1]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("ScanArchive yes", report.Detail, StringComparison.Ordinal);
        Assert.Empty(clamd.Contents);
    }

    [Theory(Timeout = Patience)]
    [InlineData(2_000_000_000, 100 << 20)]
    [InlineData(100 << 20, 100 << 20)]
    [InlineData((100 << 20) - 1, 25 << 20)]
    [InlineData(1 << 20, 1 << 20)]
    public async Task SilentLimitsAccepted_TheLargestProvedSizeCounts(long size, long trusted)
    {
        await using var clamd = FakeClamd.OnTcp();
        (clamd.TellsLimits, clamd.MaxFileSize) = (false, size);
        var options = ClamdRig.Quick(clamd.Endpoint);
        options.SilentLimits = SilentLimits.Accept;
        await using var rig = await ClamdRig.StartAsync(options);
        Assert.Equal(new ScannerLimits(trusted, IsSilent: true, TellsEncrypted: true), rig.Pool.Scanners[0].Limits);
    }

    [Fact(Timeout = Patience)]
    public async Task SilentLimitsAccepted_NothingProved_GetsNoWork()
    {
        await using var clamd = FakeClamd.OnTcp();
        (clamd.TellsLimits, clamd.MaxFileSize) = (false, 1000);
        var options = ClamdRig.Quick(clamd.Endpoint);
        options.SilentLimits = SilentLimits.Accept;
        await using var rig = await ClamdRig.StartAsync(options);
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([1])).Outcome);
    }

    [Theory(Timeout = Patience)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EncryptedArchives_AreReportedAndLogged(bool tells)
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.TellsEncrypted = tells;
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        Assert.Equal(tells, rig.Pool.Scanners[0].Limits?.TellsEncrypted);
        var text = Assert.Single(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == 1007).Message;
        Assert.Equal(!tells, text.Contains("AlertEncrypted yes", StringComparison.Ordinal));
    }

    [Fact(Timeout = Patience)]
    public async Task ScannerThatStopsAtALimitBeforeEicar_GetsNoWork()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.ScanReply = "stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND\0";
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var report = await rig.ScanAsync([1]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("MaxScanTime", report.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Claims_AreRecognizedAndNothingElseIs()
    {
        Assert.Equal(123_456u, SizeProbe.ClaimOf(SizeProbe.Claiming(123_456)));
        var other = SizeProbe.Claiming(1);
        other[^1] = 1;
        Assert.Null(SizeProbe.ClaimOf(other));
        Assert.Null(SizeProbe.ClaimOf([1, 2, 3]));
    }
}
