using System.Net;
using ClamProxy.Soak.Hostile;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Compose;

/// <summary>
/// Four ClamProxy processes, one for each way to deliver, with one slow scanner and one composing upstream:
/// <code>
///   default ─┐                       ┌─ clamd, behind a delay of up to 1.5 s
///   store   ─┼─ routes true, false,  ┤
///   trickle ─┤  revalidate each      └─ composing upstream (in this process)
///   hold    ─┘
/// </code>
/// Their waits are shorter than the defaults (PATIENCE_SECONDS 500 ms, a step of the trickle every 100 ms), so that most downloads are
/// trickled.
/// </summary>
internal sealed class ComposeWorld : IAsyncDisposable
{
    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(1500)
    ];

    private readonly ClamdProcess _clamd;
    private readonly Forwarder _slow;
    private readonly CaseRun _run;

    private ComposeWorld(ClamdProcess clamd, int seed)
    {
        var dice = new Random(seed);
        _clamd = clamd;
        _slow = new Forwarder(IPAddress.Loopback, FreePort.Next(), clamd.Port)
        {
            Delay = () =>
            {
                lock (dice)
                {
                    return Delays[dice.Next(Delays.Length)];
                }
            },
        };
        _run = new CaseRun(clamd, CancellationToken.None);
        Files = new ComposedFiles(seed);
        Origin = new ComposingOrigin(Files, Served, seed);
    }

    public ComposedFiles Files { get; }

    public ServedWhole Served { get; } = new();

    public ComposingOrigin Origin { get; }

    public List<Way> Ways { get; } = [];

    public IReadOnlyList<string> Notes => _run.Happened;

    public static async Task<ComposeWorld> StartAsync(int seed)
    {
        var world = new ComposeWorld(await ShippedClamd.StartAsync(), seed);
        try
        {
            await world.StartAllAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        await Origin.DisposeAsync();
        await _slow.DisposeAsync();
        await _clamd.DisposeAsync();
    }

    private async Task StartAllAsync()
    {
        (string, string)[] all =
        [
            ("CLAMD_HOSTS", $"tcp://127.0.0.1:{_slow.Port}"), ("LOG_LEVEL", "Error"), ("PATIENCE_SECONDS", "500ms"),
            ("ClamProxy__Gate__TrickleInterval", "100ms"),
            .. Route.Of("true", Origin.Url, cacheScan: true), .. Route.Of("false", Origin.Url),
            .. Route.Of("revalidate", Origin.Url, more: [("Revalidate", "True")]),
        ];
        var store = _run.Folder().File("store");
        Add("default", await _run.ProxyAsync(all));
        Add("store", await _run.ProxyAsync([.. all, ("STORE_PATH", store)]));
        Add("trickle", await _run.TricklingProxyAsync([.. all, ("ClamProxy__Gate__TrickleBytes", "16K")]));
        Add("hold", await _run.ProxyAsync([.. all, ("DELIVERY", "hold")]));
    }

    private void Add(string name, ProxyProcess proxy)
    {
        foreach (var route in new[] { "true", "false", "revalidate" })
        {
            Ways.Add(new Way($"{name}/{route}", $"http://127.0.0.1:{proxy.Port}/{route}", Ways.Count));
        }
    }
}
