using System.Security.Cryptography;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Scanning;

/// <summary>What a process does while another one may be scanning the same bytes.</summary>
public sealed class ScanLeaseTests
{
    private readonly byte[] _content = RandomBody.Of(5_000);

    [Fact]
    public async Task AnotherProcessScans_ItsVerdictIsTaken()
    {
        var leases = new OtherProcess(LeaseOutcome.Held);
        await using var rig = await ScanRig.StartAsync(leases: leases);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(_content));
        leases.Scan = async _ =>
        {
            var verdict = new ContentRecord(
                sha256,
                Verdict.Infected,
                "Found.By.Another",
                UnscannableReason.None,
                null,
                null,
                rig.Pool.NewestDatabase,
                null,
                TimeProvider.System.GetUtcNow());
            await rig.Verdicts.SaveContentAsync(ContentKey.For(sha256), verdict, CancellationToken.None);
            return true;
        };

        var decision = await rig.ScanAsync(_content);

        Assert.Equal(
            (VerdictOrigin.Known, "Found.By.Another"), (decision.Origin, Assert.IsType<ScanDecision.Refused>(decision).Verdict.Signature));
        Assert.Empty(rig.Clamd.Contents);
        Assert.Equal(1, rig.Meters.Sum("clamproxy.scanning.shared", "process"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnotherProcessEndsWithoutAVerdictOrRedisIsGone_ScansItself(bool hasEnded)
    {
        await using var rig = await ScanRig.StartAsync(
            leases: new OtherProcess(LeaseOutcome.Held) { Scan = _ => Task.FromResult(hasEnded) });
        Assert.Equal(VerdictOrigin.Scanned, (await rig.ScanAsync(_content)).Origin);
    }

    [Fact]
    public async Task AnotherProcessTakesTooLong_ScansItself()
    {
        var leases = new OtherProcess(LeaseOutcome.Held)
        {
            Scan = async end =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, end);
                return true;
            },
        };
        await using var rig = await ScanRig.StartAsync(
            options: new ScanningOptions { FollowScanFor = TimeSpan.FromMilliseconds(50) }, leases: leases);
        Assert.Equal(VerdictOrigin.Scanned, (await rig.ScanAsync(_content)).Origin);
    }

    /// <summary>What others may not be answered by is nobody else's to wait for.</summary>
    [Fact]
    public async Task WhoeverMayNotReuse_AsksForNoLease()
    {
        var leases = new OtherProcess(LeaseOutcome.Held);
        await using var rig = await ScanRig.StartAsync(leases: leases);

        Assert.Equal(VerdictOrigin.Scanned, (await rig.ScanAsync(_content, new ScanSubject("fresh") { MayReuse = false })).Origin);
        Assert.Equal(VerdictOrigin.Known, (await rig.ScanAsync(_content)).Origin);
        Assert.Equal(1, leases.Asked);
    }

    private sealed class OtherProcess(LeaseOutcome outcome) : IFlightLeases
    {
        public Func<CancellationToken, Task<bool>> Scan { get; set; } = _ => Task.FromResult(false);

        public int Asked { get; private set; }

        public ValueTask<LeaseAttempt> TryTakeAsync(UrlKey key, CancellationToken cancellationToken)
        {
            Asked++;
            return new(new LeaseAttempt(outcome));
        }

        public async ValueTask<bool> WaitAsync(UrlKey key, CancellationToken cancellationToken) => await Scan(cancellationToken);
    }
}
