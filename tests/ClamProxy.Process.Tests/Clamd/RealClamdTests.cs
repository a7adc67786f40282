using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Clamd;

/// <summary>Every way into a real clamd, and what it says of contents that matter.</summary>
public sealed class RealClamdTests(RealClamd real, ITestOutputHelper output) : IClassFixture<RealClamd>
{
    private const int Patience = 120_000;

    public static TheoryData<string, bool> Ways => new()
    {
        { "tcp", false }, { "tcp", true }, { "unix", false }, { "unix", true },
    };

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Ways))]
    public async Task Content_HasItsOutcome(string socket, bool asFile)
    {
        await using var rig = await ClamdRig.StartAsync(new ClamdOptions { Hosts = [real.Endpoint(socket)] });
        (byte[] Content, ScanOutcome Outcome)[] cases =
        [
            ([], ScanOutcome.Clean),
            ([1, 2, 3], ScanOutcome.Clean),
            (Samples.Clean(1, 300_000), ScanOutcome.Clean),
            (Eicar.Bytes, ScanOutcome.Found),
            (Samples.Gzip(Eicar.Bytes), ScanOutcome.Found),
            (Samples.Zip(Eicar.Bytes), ScanOutcome.Found),
            (Samples.Zip(Samples.Clean(2)), ScanOutcome.Clean),
            (Samples.EncryptedZip(Eicar.Bytes), ScanOutcome.Encrypted),
            (Samples.Clean(3, RealClamd.MaxFileSize + 1), ScanOutcome.TooLarge),
            (Samples.Clean(4, RealClamd.StreamMaxLength + 1), ScanOutcome.TooLarge),
            (Samples.Clean(5, RealClamd.StreamMaxLength * 8), ScanOutcome.TooLarge),
            ([.. Canaries.SilentLimits.Content.Span], ScanOutcome.EngineLimit),
        ];
        foreach (var (content, outcome) in cases)
        {
            var report = await ScanAsync(rig, content, asFile);
            Assert.True(outcome == report.Outcome, $"{content.Length} bytes: {report}");
            Assert.Equal((27826, real.Endpoint(socket)), (report.Version?.Database, report.Scanner));
            Assert.Equal(outcome is ScanOutcome.Found, report.Signature is "Eicar-Test-Signature.UNOFFICIAL");
        }

        Assert.DoesNotContain(rig.Log.Collector.GetSnapshot(), line => line.Id.Id is 1004 or 1005);
    }

    [Fact(Timeout = Patience)]
    public async Task UnixSocket_TakesFilesAsDescriptors()
    {
        await using var rig = await ClamdRig.StartAsync(new ClamdOptions { Hosts = [real.UnixEndpoint] });
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("x"), Eicar.Bytes, TestContext.Current.CancellationToken);
        using var file = File.OpenHandle(folder.File("x"), FileMode.Open, FileAccess.ReadWrite);
        File.Delete(folder.File("x"));
        var source = new ScanSource(Eicar.Bytes.Length, file, () => throw new InvalidOperationException("it was streamed"));
        Assert.Equal(ScanOutcome.Found, (await rig.Pool.ScanAsync(source, default)).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task WriteOnlyHandle_IsNotPassed()
    {
        // clamd says OK to a descriptor that it cannot read.
        await using var rig = await ClamdRig.StartAsync(new ClamdOptions { Hosts = [real.UnixEndpoint] });
        using var folder = new TempFolder();
        using var file = File.OpenHandle(folder.File("x"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, Eicar.Bytes, 0);
        var source = new ScanSource(Eicar.Bytes.Length, file, () => new MemoryStream(Eicar.Bytes));
        Assert.Equal(ScanOutcome.Found, (await rig.Pool.ScanAsync(source, default)).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task FileShorterThanAnnounced_IsNotPassedAndNeverClean()
    {
        await using var rig = await ClamdRig.StartAsync(new ClamdOptions { Hosts = [real.UnixEndpoint] });
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("x"), Eicar.Bytes[..60], TestContext.Current.CancellationToken);
        using var file = File.OpenHandle(folder.File("x"));
        var source = new ScanSource(68, file, () => File.OpenRead(folder.File("x")));
        await Assert.ThrowsAsync<ScanSourceException>(() => rig.Pool.ScanAsync(source, default));
    }

    [Theory(Timeout = Patience)]
    [InlineData(3_000_000, "MaxFileSize 3000000")]
    [InlineData(3_000_000, "MaxFileSize 3000000", "AlertEncrypted yes")]
    [InlineData(100 << 20, "MaxFileSize 100M")]
    [InlineData(int.MaxValue - 2, "MaxFileSize 0", "MaxScanSize 0")]
    [InlineData(25 << 20, "MaxFileSize 30M", "AlertExceedsMax no")]
    public async Task Limits_AreFoundAtLittleCost(long trusted, params string[] lines)
    {
        await using var clamd = await ClamdProcess.StartStrictAsync(lines);
        var options = new ClamdOptions { Hosts = [clamd.TcpEndpoint], SilentLimits = SilentLimits.Accept };
        var started = TimeProvider.System.GetTimestamp();
        await using var rig = await ClamdRig.StartAsync(options);
        var taken = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine(
            $"{string.Join(", ", lines)}: the first test took {taken.TotalMilliseconds:0} ms, {taken / options.CanaryInterval:P2} of "
                + "CanaryInterval");
        Assert.Equal(
            new ScannerLimits(trusted, lines.Contains("AlertExceedsMax no"), lines.Contains("AlertEncrypted yes")),
            rig.Pool.Scanners[0].Limits);
        Assert.InRange(taken / options.CanaryInterval, 0, 0.01);
    }

    [Fact(Timeout = Patience)]
    public async Task ScanArchiveNo_GetsNoWork()
    {
        await using var clamd = await ClamdProcess.StartAsync("ScanArchive no");
        await using var rig = await ClamdRig.StartAsync(new ClamdOptions { Hosts = [clamd.TcpEndpoint] });
        var report = await rig.ScanAsync([1, 2, 3]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("ScanArchive yes", report.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task AlertExceedsMaxNo_GetsNoWork()
    {
        await using var clamd = await ClamdProcess.StartAsync("AlertExceedsMax no");
        await using var rig = await ClamdRig.StartAsync(new ClamdOptions { Hosts = [clamd.TcpEndpoint] });
        var report = await rig.ScanAsync([1, 2, 3]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("AlertExceedsMax yes", report.Detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = Patience)]
    [InlineData("MaxRecursion 100")]
    [InlineData("MaxRecursion 2")]
    public async Task AnyMaxRecursion_PassesTheCanaries(string line)
    {
        await using var clamd = await ClamdProcess.StartAsync(line);
        await using var rig = await ClamdRig.StartAsync(new ClamdOptions { Hosts = [clamd.TcpEndpoint] });
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1, 2, 3])).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task AlertExceedsMaxNoWithDeepRecursion_GetsNoWork()
    {
        await using var clamd = await ClamdProcess.StartAsync("AlertExceedsMax no", "MaxRecursion 100");
        await using var rig = await ClamdRig.StartAsync(new ClamdOptions { Hosts = [clamd.TcpEndpoint] });
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([1, 2, 3])).Outcome);
    }

    private static async Task<ScanReport> ScanAsync(ClamdRig rig, byte[] content, bool asFile)
    {
        if (!asFile)
        {
            return await rig.ScanAsync(content);
        }

        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("content"), content);
        using var file = File.OpenHandle(folder.File("content"));
        return await rig.Pool.ScanAsync(new ScanSource(content.Length, file, () => File.OpenRead(folder.File("content"))), default);
    }
}
