using System.Diagnostics.Metrics;
using System.Net.Sockets;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>Scanners that are configured by a name, and what becomes of them as the name leads elsewhere.</summary>
public sealed class ScannerNameTests
{
    private const int Patience = 30_000;

    private readonly FakeNames _names = new();

    [Fact(Timeout = Patience)]
    public async Task NameWithTwoAddresses_IsTwoScanners()
    {
        await using var one = new Crowd();
        await using var two = FakeClamd.OnTcp("127.0.0.2", one.Clamd.Port);
        _names.Addresses = ["127.0.0.1", "127.0.0.2"];
        await using var rig = await StartAsync(one.Clamd.Port);
        Assert.Equal([Text(one.Clamd, "127.0.0.1"), Text(two, "127.0.0.2")], rig.Pool.Scanners.Select(scanner => scanner.Endpoint));
        Assert.All(rig.Pool.Scanners, scanner => Assert.True(scanner.IsTrusted));

        var scans = Enumerable.Range(0, 4).Select(number => rig.ScanAsync([(byte)number])).ToArray();
        await one.UntilAsync(1);
        one.LetAllGo();
        Assert.All(await Task.WhenAll(scans), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
        Assert.NotEmpty(two.Contents);
    }

    [Fact(Timeout = Patience)]
    public async Task NameMovesToAClamdThatKeepsSilent_ItGetsNoWork()
    {
        await using var tested = FakeClamd.OnTcp();
        await using var silent = FakeClamd.OnTcp("127.0.0.2", tested.Port);
        silent.TellsLimits = false;
        _names.Addresses = ["127.0.0.1"];
        await using var rig = await StartAsync(tested.Port);
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);

        // Both answer, as during the replacement of a pod.
        _names.Addresses = ["127.0.0.2"];
        await rig.UntilAsync(scanners => scanners is [{ IsUp: true }] && scanners[0].Endpoint == Text(silent, "127.0.0.2"));
        var report = await rig.ScanAsync([2]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("AlertExceedsMax yes", report.Detail, StringComparison.Ordinal);
        Assert.Empty(silent.Contents);
    }

    [Fact(Timeout = Patience)]
    public async Task NewAddressIsNotTestedYet_TheOldOneWorksOn()
    {
        await using var tested = FakeClamd.OnTcp();
        await using var frozen = FakeClamd.OnTcp("127.0.0.2", tested.Port);
        frozen.Freeze();
        _names.Addresses = ["127.0.0.1"];
        await using var rig = await StartAsync(tested.Port);
        _names.Addresses = ["127.0.0.1", "127.0.0.2"];
        await rig.UntilAsync(scanners => scanners.Count == 2);
        for (var number = 0; number < 5; number++)
        {
            Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([(byte)number])).Outcome);
        }

        Assert.Empty(frozen.Contents);
    }

    [Fact(Timeout = Patience)]
    public async Task AddressLeavesWhileItScans_ItsScanEndsWellAndItIsForgotten()
    {
        await using var leaving = new Crowd();
        await using var staying = FakeClamd.OnTcp("127.0.0.2", leaving.Clamd.Port);
        _names.Addresses = ["127.0.0.1"];
        await using var rig = await StartAsync(leaving.Clamd.Port);
        var scan = rig.ScanAsync([1]);
        await leaving.UntilAsync(1);

        _names.Addresses = ["127.0.0.2"];
        await rig.UntilAsync(
            scanners => scanners.Any(scanner => scanner is { IsTrusted: true } && scanner.Endpoint == Text(staying, "127.0.0.2")));
        for (var number = 2; number < 7; number++)
        {
            Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([(byte)number])).Outcome);
        }

        Assert.Equal((1, 5), (leaving.Clamd.Contents.Count, staying.Contents.Count));
        Assert.Contains(
            rig.Pool.Scanners,
            scanner => scanner is { IsTrusted: false, ScansInFlight: 1 } && scanner.Trouble!.Contains("name", StringComparison.Ordinal));

        leaving.LetAllGo();
        Assert.Equal((ScanOutcome.Clean, Text(leaving.Clamd, "127.0.0.1")), ((await scan).Outcome, (await scan).Scanner));
        await rig.UntilAsync(scanners => scanners.Count == 1);
        Assert.Equal(27826, rig.Pool.NewestDatabase);
    }

    [Fact(Timeout = Patience)]
    public async Task AddressComesBack_ItIsTestedAgain()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var other = FakeClamd.OnTcp("127.0.0.2", clamd.Port);
        _names.Addresses = ["127.0.0.1"];
        await using var rig = await StartAsync(clamd.Port);
        _names.Addresses = ["127.0.0.2"];
        await rig.UntilAsync(scanners => scanners is [{ IsTrusted: true }] && scanners[0].Endpoint == Text(other, "127.0.0.2"));
        clamd.TellsLimits = false;
        _names.Addresses = ["127.0.0.1"];
        await rig.UntilAsync(scanners => scanners is [{ IsUp: true }] && scanners[0].Endpoint == Text(clamd, "127.0.0.1"));
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([1])).Outcome);
    }

    [Theory(Timeout = Patience)]
    [InlineData("fails")]
    [InlineData("finds nothing")]
    [InlineData("is silent")]
    public async Task NameServerHasNoAnswer_TheKnownScannersStayAndItIsSaidOnce(string trouble)
    {
        await using var clamd = FakeClamd.OnTcp();
        _names.Addresses = ["127.0.0.1"];
        await using var rig = await StartAsync(clamd.Port);
        if (trouble is "is silent")
        {
            _names.IsSilent = true;
        }
        else
        {
            _names.Addresses = trouble is "fails" ? null : [];
        }

        await rig.Log.Collector.UntilLoggedAsync(1010, TestContext.Current.CancellationToken);

        if (trouble is not "is silent")
        {
            await _names.UntilAskedAsync(3);
        }

        Assert.Equal((ScanOutcome.Clean, Text(clamd, "127.0.0.1")), ((await rig.ScanAsync([1])).Outcome, rig.Pool.Scanners[0].Endpoint));
        Assert.Single(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == 1010);
    }

    [Fact(Timeout = Patience)]
    public async Task NameServerIsSilent_IsNotAskedAgainBeforeItAnswers()
    {
        await using var clamd = FakeClamd.OnTcp();
        _names.IsSilent = true;
        await using var rig = await StartAsync(clamd.Port);
        var since = clamd.Commands.Count;
        await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        Assert.Equal((1, 0), (_names.Asked, since));
    }

    [Fact(Timeout = Patience)]
    public async Task NameServerIsSilentFromTheStart_AKnownAddressWorksAtOnce()
    {
        await using var clamd = FakeClamd.OnTcp();
        _names.IsSilent = true;
        var options = ClamdRig.Quick("tcp://scanners.test:3310", clamd.Endpoint);
        options.ResolveTimeout = TimeSpan.FromMinutes(1);
        await using var rig = ClamdRig.Start(options, resolver: _names.ResolveAsync);
        Assert.Equal((ScanOutcome.Clean, clamd.Endpoint), ((await rig.ScanAsync([1])).Outcome, rig.Pool.Scanners[0].Endpoint));
    }

    [Fact(Timeout = Patience)]
    public async Task NameDoesNotResolve_IsUnavailableUntilItDoes()
    {
        await using var clamd = FakeClamd.OnTcp();
        _names.Addresses = null;
        await using var rig = await StartAsync(clamd.Port);
        var report = await rig.ScanAsync([1]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("cannot be resolved (HostNotFound)", report.Detail, StringComparison.Ordinal);
        Assert.Equal(($"tcp://scanners.test:{clamd.Port}", false), (rig.Pool.Scanners[0].Endpoint, rig.Pool.Scanners[0].IsUp));
        _names.Addresses = ["127.0.0.1"];
        await rig.UntilAsync(scanners => scanners[0].IsTrusted);
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task MoreAddressesThanAllowed_KnownOnesStayAndTheRestIsSaid()
    {
        await using var clamd = FakeClamd.OnTcp("127.0.0.9", FreePort.Next());
        _names.Addresses = ["127.0.0.9"];
        await using var rig = await StartAsync(clamd.Port, options => options.MaxAddressesPerName = 2);
        _names.Addresses = ["127.0.0.2", "127.0.0.3", "127.0.0.9"];
        await rig.UntilAsync(scanners => scanners.Count == 2);
        Assert.Equal([Text(clamd, "127.0.0.9"), Text(clamd, "127.0.0.2")], rig.Pool.Scanners.Select(scanner => scanner.Endpoint));
        Assert.Single(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == 1012);
    }

    [Fact(Timeout = Patience)]
    public async Task TwoEntriesLeadToOneAddress_ItIsOneScanner()
    {
        await using var clamd = FakeClamd.OnTcp();
        _names.Addresses = ["127.0.0.1", "::ffff:127.0.0.1"];
        var options = ClamdRig.Quick($"tcp://scanners.test:{clamd.Port}", clamd.Endpoint);
        await using var rig = await ClamdRig.StartAsync(options, resolver: _names.ResolveAsync);
        Assert.Single(rig.Pool.Scanners);
        Assert.All(rig.Pool.Roster.Entries, entry => Assert.Single(rig.Pool.Roster.HostsOf(entry)));
    }

    [Fact(Timeout = Patience)]
    public async Task NameWithAnIPv6Address_IsAScanner()
    {
        if (!Socket.OSSupportsIPv6)
        {
            Assert.Skip("this machine has no IPv6");
        }

        await using var clamd = FakeClamd.OnTcp("::1", FreePort.Next());
        _names.Addresses = ["::1"];
        await using var rig = await StartAsync(clamd.Port);
        Assert.Equal((ScanOutcome.Clean, Text(clamd, "::1")), ((await rig.ScanAsync([1])).Outcome, rig.Pool.Scanners[0].Endpoint));
    }

    [Fact(Timeout = Patience)]
    public async Task NameWithTwoAddresses_IsOneSeriesThatCountsBoth()
    {
        await using var one = FakeClamd.OnTcp();
        await using var two = FakeClamd.OnTcp("127.0.0.2", one.Port);
        _names.Addresses = ["127.0.0.1", "127.0.0.2"];
        await using var rig = await StartAsync(one.Port);
        using var up = new MetricCollector<int>(
            rig.Services.GetRequiredService<IMeterFactory>(), ClamdMetrics.MeterName, "clamproxy.clamd.scanner.up");
        up.RecordObservableInstruments();
        var measured = Assert.Single(up.GetMeasurementSnapshot());
        Assert.Equal(($"tcp://scanners.test:{one.Port}", 2), (Assert.Single(measured.Tags).Value, measured.Value));
    }

    private static string Text(FakeClamd clamd, string address) => $"tcp://scanners.test:{clamd.Port} ({address})";

    private Task<ClamdRig> StartAsync(int port, Action<ClamdOptions>? change = null)
    {
        var options = ClamdRig.Quick($"tcp://scanners.test:{port}");
        options.ResolveTimeout = TimeSpan.FromMilliseconds(200);
        change?.Invoke(options);
        return ClamdRig.StartAsync(options, resolver: _names.ResolveAsync);
    }
}
