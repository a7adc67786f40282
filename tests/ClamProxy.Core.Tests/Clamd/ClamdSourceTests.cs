using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>Contents that cannot be read: never clean, and not the scanner's fault.</summary>
public sealed class ClamdSourceTests
{
    private const int Patience = 30_000;

    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200_000)]
    public async Task StreamThatThrows_ReachesTheCallerUnchanged(int after)
    {
        var fault = new InvalidDataException("broken gzip");
        await AssertThrowsAsync(new ScanSource(-1, null, () => new BrokenStream(after, fault)), fault);
    }

    [Fact(Timeout = Patience)]
    public async Task StreamThatCannotBeOpened_ReachesTheCallerUnchanged()
    {
        var fault = new IOException("gone");
        await AssertThrowsAsync(new ScanSource(5, null, () => throw fault), fault);
    }

    [Theory(Timeout = Patience)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public async Task StreamOfAnotherLengthThanAnnounced_IsNeverClean(int announced) =>
        await AssertThrowsAsync(new ScanSource(announced, null, () => new MemoryStream(new byte[10])), null);

    [Fact(Timeout = Patience)]
    public async Task StreamOfUnknownLength_IsScanned()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var report = await rig.Pool.ScanAsync(new ScanSource(-1, null, () => new MemoryStream(new byte[100_000])), default);
        Assert.Equal(ScanOutcome.Clean, report.Outcome);
    }

    private static async Task AssertThrowsAsync(ScanSource source, Exception? fault)
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var opened = 0;
        var counting = source with
        {
            OpenStream = () =>
            {
                opened++;
                return source.OpenStream();
            },
        };
        var thrown = await Record.ExceptionAsync(() => rig.Pool.ScanAsync(counting, default));
        if (fault is null)
        {
            Assert.IsType<ScanSourceException>(thrown);
        }
        else
        {
            Assert.Same(fault, thrown);
        }

        Assert.Equal(1, opened);
        Assert.Empty(clamd.Contents);
        Assert.DoesNotContain(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == 1004);
        Assert.Equal(0, rig.Pool.Scanners[0].ScansInFlight);
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);
    }

    private sealed class BrokenStream(int after, Exception fault) : MemoryStream(new byte[after])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw fault;
        }
    }
}
