using System.Security.Cryptography;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>What a zip's own directory is asked, and what it costs.</summary>
public sealed class ArchiveInspectorTests
{
    private const int Patience = 60_000;
    private const long Limit = InspectorRig.Limit;

    [Theory(Timeout = Patience)]
    [InlineData(Limit - 1, ArchiveTrouble.None)]
    [InlineData(Limit, ArchiveTrouble.None)]
    [InlineData(Limit + 1, ArchiveTrouble.TooLarge)]
    public async Task MemberOverTheLimit_IsTooLarge(long length, object trouble) =>
        Assert.Equal((ArchiveTrouble)trouble, (await InspectorRig.AtAsync(new RawZip().Build(new byte[length]))).Trouble);

    [Fact(Timeout = Patience)]
    public async Task MembersTogetherOverTheTotal_AreTooLargeForASilentScannerOnly()
    {
        var zip = new RawZip().Build(("a", new byte[600_000]), ("b", new byte[600_000]));
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(zip)).Trouble);
        Assert.Equal(ArchiveTrouble.TooLarge, (await InspectorRig.AtAsync(zip, limits: new ArchiveLimits(Limit, Limit))).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task MemberThatUnpacksToMoreThanItSays_IsContradictory()
    {
        var honest = new RawZip().Build(new byte[500_000]);
        var packedOver = RandomNumberGenerator.GetBytes(5000);
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(honest)).Trouble);
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(new RawZip().Build(packedOver))).Trouble);
        var liar = new RawZip { Entry = header => header[24]--, Local = header => header[22]-- }.Build(packedOver);
        Assert.Equal(ArchiveTrouble.Contradictory, (await InspectorRig.AtAsync(liar)).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task MoreMembersThanAllowed_AreTooMuchEvenSpreadOverZipsInZips()
    {
        var options = new ArchiveOptions { MaxMembers = 10 };
        var five = new RawZip().Build([.. Enumerable.Range(0, 5).Select(number => ($"{number}", new byte[1]))]);
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(new RawZip().Build(("a", five)), options)).Trouble);
        Assert.Equal(ArchiveTrouble.TooMuch, (await InspectorRig.AtAsync(new RawZip().Build(("a", five), ("b", five)), options)).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task DeeperOrLongerThanAllowed_IsTooMuch()
    {
        var three = new RawZip().Build(new RawZip().Build(new RawZip().Build([1, 2, 3])));
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(three, new ArchiveOptions { MaxDepth = 3 })).Trouble);
        Assert.Equal(ArchiveTrouble.TooMuch, (await InspectorRig.AtAsync(three, new ArchiveOptions { MaxDepth = 2 })).Trouble);
        Assert.Equal(ArchiveTrouble.TooMuch, (await InspectorRig.AtAsync(three, new ArchiveOptions { MaxInflated = 100 })).Trouble);
        Assert.Equal(ArchiveTrouble.TooMuch, (await InspectorRig.AtAsync(three, new ArchiveOptions { MaxDirectory = 10 })).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task LookThatTakesTooLong_IsTooMuch()
    {
        var time = FakeClock.Create();
        var content = new CountingContent(1000, (0, new RawZip().Build([1, 2, 3])))
        {
            Reading = () => time.Advance(TimeSpan.FromSeconds(20)),
        };
        using var meters = new TestMeters();
        using var look = new ArchiveInspector(new ArchiveOptions(), new ArchiveMetrics(meters), time);
        Assert.Equal(
            ArchiveTrouble.TooMuch, (await look.LookAsync(content, new ArchiveLimits(Limit, long.MaxValue), NoScan, default)).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task CallerLeaves_IsNoFinding()
    {
        using var gone = new CancellationTokenSource();
        var content = new CountingContent(1000, (0, new RawZip().Build([1, 2, 3]))) { Reading = gone.Cancel };
        using var meters = new TestMeters();
        using var look = new ArchiveInspector(new ArchiveOptions(), new ArchiveMetrics(meters), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => look.LookAsync(content, new ArchiveLimits(Limit, long.MaxValue), NoScan, gone.Token));
    }

    [Fact(Timeout = Patience)]
    public async Task WheelOf100MegabytesAnd10000Members_IsReadOnce()
    {
        const int Members = 10_000;
        var wheel = new RawZip { Method = 0 }.Build(
            [.. Enumerable.Range(0, Members).Select(number => ($"package/module_{number}.py", new byte[10_000]))]);
        var content = new CountingContent(wheel.Length, (0, wheel));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var finding = await InspectorRig.AtAsync(content);
        Assert.Equal(ArchiveTrouble.None, finding.Trouble);
        Assert.InRange(wheel.Length, 100_000_000, int.MaxValue);
        Assert.InRange(content.BytesRead, 1, wheel.Length + (wheel.Length / 10));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }

    [Fact(Timeout = Patience)]
    public async Task FileOfZeros_CostsItsEnds()
    {
        var content = new CountingContent(10L << 30);
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(content)).Trouble);
        Assert.InRange(content.BytesRead, 1, 192 * 1024);
    }

    [Fact(Timeout = Patience)]
    public async Task ZipCutAnywhere_IsNeverTakenForWhole()
    {
        var zip = new RawZip().Build(("a", RandomNumberGenerator.GetBytes(50)), ("b", [1, 2, 3]));
        for (var length = 4; length < zip.Length; length++)
        {
            Assert.Equal(ArchiveTrouble.Contradictory, (await InspectorRig.AtAsync(zip[..length])).Trouble);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task AnyByteChanged_EndsInAFinding()
    {
        var zip = new RawZip { Prefix = [1, 2, 3, 4, 5], CountsPrefix = true }.Build(
            ("a", new RawZip().Build([1, 2, 3])), ("b", new byte[2000]));
        foreach (var value in new byte[] { 0, 1, 0x7f, 0x80, 0xff })
        {
            for (var at = 0; at < zip.Length; at++)
            {
                var changed = zip.ToArray();
                changed[at] = value;
                await InspectorRig.AtAsync(changed);
            }
        }
    }

    [Fact(Timeout = Patience)]
    public async Task HiddenArchive_ReadsAsOneThatBeginsWithAMember()
    {
        byte[] front = [.. Enumerable.Repeat((byte)7, 300)];
        var zip = new RawZip { Prefix = front, CountsPrefix = true }.Build(("a", new byte[200]), ("b", Eicar.Bytes));
        var content = new CountingContent(zip.Length, (0, zip));
        var embedded = Assert.Single((await InspectorRig.AtAsync(content)).Embedded);
        Assert.Equal(new EmbeddedArchive(0, front.Length, zip.Length), embedded);
        using var read = new MemoryStream();
        await using (var stream = new ContentStream(new EmbeddedArchiveContent(content, embedded)))
        {
            await stream.CopyToAsync(read, 7, TestContext.Current.CancellationToken);
        }

        byte[] expected = [.. "PK\u0003\u0004"u8, .. new byte[front.Length - 4], .. zip[front.Length..]];
        Assert.Equal(expected, read.ToArray());
    }

    [Fact(Timeout = Patience)]
    public async Task MembersThatOverlap_AreContradictory()
    {
        // Every entry names the first member: what makes kilobytes unpack to petabytes.
        var content = RandomNumberGenerator.GetBytes(3000);
        var members = Enumerable.Range(0, 50).Select(number => ($"{number}", content)).ToArray();
        var zip = new RawZip { Entry = header => header.AsSpan(42, 4).Clear() }.Build(members);
        var first = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        var second = new RawZip().Build(("0", content)).AsSpan().IndexOf("PK\u0001\u0002"u8);
        byte[] overlapping = [.. zip[..second], .. zip[first..]];
        (overlapping[^6], overlapping[^5], overlapping[^4], overlapping[^3]) = ((byte)second, (byte)(second >> 8), 0, 0);
        var finding = await InspectorRig.AtAsync(overlapping);
        Assert.Equal(
            (ArchiveTrouble.Contradictory, true), (finding.Trouble, finding.Detail!.Contains("overlap", StringComparison.Ordinal)));
    }

    [Fact(Timeout = Patience)]
    public async Task ManyArchivesBehindOneAnother_AreContradictory()
    {
        byte[] zip = new RawZip().Build([1, 2, 3]);
        byte[] Row(int count) => [.. Enumerable.Repeat(zip, count).SelectMany(one => one)];
        // Counted from the file's first byte, a later end names the first archive once more.
        Assert.Equal(2, (await InspectorRig.AtAsync(Row(2))).Embedded.Count);
        Assert.Equal(4, (await InspectorRig.AtAsync(Row(3))).Embedded.Count);
        Assert.Equal(ArchiveTrouble.Contradictory, (await InspectorRig.AtAsync(Row(4))).Trouble);
    }

    [Fact(Timeout = 3 * Patience)]
    public async Task PackagesThatTheTestsWereBuiltWith_HaveNothingWrong()
    {
        var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var packages = Directory.GetFiles(folder, "*.nupkg", SearchOption.AllDirectories);
        Assert.NotEmpty(packages);
        foreach (var package in packages)
        {
            var content = await File.ReadAllBytesAsync(package, TestContext.Current.CancellationToken);
            var finding = await InspectorRig.AtAsync(content, limits: new ArchiveLimits(1 << 30, long.MaxValue));
            Assert.True(finding is { Trouble: ArchiveTrouble.None, Embedded.Count: 0 }, $"{package}: {finding}");
        }
    }

    [Fact(Timeout = Patience)]
    public async Task CleanCases_HaveNothingWrong()
    {
        foreach (var one in CleanCases.All())
        {
            var finding = await InspectorRig.AtAsync(one.Body);
            Assert.True(finding.Trouble is ArchiveTrouble.None, $"{one.Name}: {finding.Detail}");
        }
    }

    private static Task<ArchiveLimits?> NoScan(long length, Func<Stream> open, CancellationToken cancellationToken) =>
        Task.FromResult<ArchiveLimits?>(null);
}
