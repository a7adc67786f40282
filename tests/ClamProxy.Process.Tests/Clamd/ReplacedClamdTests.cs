using System.Net;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Clamd;

/// <summary>A real clamd in place of the one that was tested: with <c>AlertExceedsMax no</c> and <c>MaxFileSize 1M</c> it says OK to
/// anything larger.</summary>
public sealed class ReplacedClamdTests
{
    private const int Patience = 120_000;

    private static readonly string[] Careless = ["AlertExceedsMax no", "MaxFileSize 1M"];

    /// <summary>What a careless clamd passes: 3 MiB of noise, and EICAR behind them.</summary>
    private static readonly byte[] Infected = [.. RandomNoise(3 << 20), .. Eicar.Bytes];

    [Theory(Timeout = Patience)]
    [InlineData("unix")]
    [InlineData("tcp")]
    public async Task ClamdRestartsCarelesslyBetweenTwoProbes_ItGetsNoWork(string socket)
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var rig = await ClamdRig.StartAsync(SeldomProbed(socket is "unix" ? clamd.UnixEndpoint : clamd.TcpEndpoint));
        Assert.Equal(ScanOutcome.Found, (await rig.ScanAsync(Infected)).Outcome);

        await clamd.StartAgainAsync(Careless);
        var report = await rig.ScanAsync(Infected);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("AlertExceedsMax yes", report.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task VirtualAddressLeadsToACarelessClamd_ItGetsNoWork()
    {
        await using var tested = await ClamdProcess.StartAsync();
        await using var careless = await ClamdProcess.StartAsync(Careless);
        await using var relay = new FlakyRelay(tested.Port);
        await using var rig = await ClamdRig.StartAsync(SeldomProbed($"tcp://127.0.0.1:{relay.Port}"));
        relay.Target = new IPEndPoint(IPAddress.Loopback, careless.Port);
        var reports = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.ScanAsync(Infected)));
        Assert.All(reports, report => Assert.True(report.Outcome is ScanOutcome.Found or ScanOutcome.Unavailable, $"{report}"));
        Assert.Contains(reports, report => report.Outcome is ScanOutcome.Unavailable);
    }

    [Fact(Timeout = Patience)]
    public async Task SignaturesChangeWhileAConnectionIsOpen_TheNextScanOnItUsesThem()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var rig = await ClamdRig.StartAsync(SeldomProbed(clamd.TcpEndpoint));
        var content = "a harmless sentence until today"u8.ToArray();
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync(content)).Outcome);
        await clamd.AddSignaturesAsync("more.ndb", $"Harmless.Sentence:0:*:{Convert.ToHexStringLower(content)}\n");
        await clamd.ReloadAsync();
        while ((await rig.ScanAsync(content)).Outcome is ScanOutcome.Clean)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Equal("Harmless.Sentence.UNOFFICIAL", (await rig.ScanAsync(content)).Signature);
    }

    /// <summary>The whole of ClamProxy, by a name in its /etc/hosts: the careless clamd answers before the tested one stops.</summary>
    [Fact(Timeout = Patience)]
    public async Task NameMovesToACarelessClamd_NothingInfectedLeaves()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("an /etc/hosts of its own needs root");
        }

        using var folder = new TempFolder();
        var hosts = folder.File("hosts");
        await using var tested = await ClamdProcess.StartAtAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), FreePort.Next()));
        await using var careless = await ClamdProcess.StartAtAsync(new IPEndPoint(IPAddress.Parse("127.0.0.3"), tested.Port), Careless);
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", Infected);
        await LeadToAsync("127.0.0.2");
        await using var proxy = await ProxyProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["CLAMD_HOSTS"] = $"tcp://scanners.test:{tested.Port}",
                ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
                ["ClamProxy__Clamd__ResolveInterval"] = "500ms",
            },
            files: new Dictionary<string, string> { ["/etc/hosts"] = hosts });
        Assert.Equal(409, await StatusAsync());

        await LeadToAsync("127.0.0.3");
        var statuses = new HashSet<int>();
        while (await proxy.AnswersAsync("/readyz") || !statuses.Contains(503))
        {
            statuses.Add(await StatusAsync());
        }

        Assert.Subset(new HashSet<int> { 409, 503 }, statuses);
        Assert.Contains("127.0.0.3", proxy.Log, StringComparison.Ordinal);

        await careless.StartAgainAsync("AlertExceedsMax yes");
        while (!await proxy.AnswersAsync("/readyz"))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal(409, await StatusAsync());

        Task LeadToAsync(string address) => File.WriteAllTextAsync(hosts, $"127.0.0.1 localhost\n{address} scanners.test\n");

        async Task<int> StatusAsync()
        {
            using var answer = await proxy.GetAsync("/file", origin.Url);
            return (int)answer.StatusCode;
        }
    }

    private static ClamdOptions SeldomProbed(string endpoint) => new() { Hosts = [endpoint], ProbeInterval = TimeSpan.FromMinutes(1) };

    private static byte[] RandomNoise(int length)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
