using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Names;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Unproved;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Core.Tests.Fetching;

/// <summary>A whole gate as the host wires it, with an upstream and a scanner that a test programs, and a clock that it moves on.</summary>
internal sealed class GateRig : IAsyncDisposable
{
    public const string Path = "/simple/a/";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;
    private readonly TempFolder _spool = new();
    private readonly TimeProvider _time;

    private GateRig(FakeOrigin origin, string storePath, TimeSpan revalidateWithin, TimeProvider? time)
    {
        (Origin, _time) = (origin, time ?? Clock);
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Information))
            .AddMetrics()
            .AddSingleton(_time)
            .AddNames(new NameOptions())
            .AddDownload(new DownloadOptions { AllowedUpstreams = ["127.0.0.1"], Retries = 0 })
            .AddStore(new StoreOptions { Path = storePath })
            .AddSpool(new SpoolOptions { Path = _spool.Path })
            .AddClamd(ClamdRig.Quick(Clamd.Endpoint))
            .AddArchives(new ArchiveOptions())
            .AddVerdicts(new VerdictOptions())
            .AddLeases(new LeaseOptions())
            .AddUnproved(new UnprovedOptions())
            .AddPolicies(new PolicyOptions())
            .AddIntake(new IntakeOptions())
            .AddDeliveries(new DeliveryOptions())
            .AddScanning(new ScanningOptions())
            .AddGate(new GateOptions { RescanInterval = TimeSpan.Zero, RevalidateWithin = revalidateWithin })
            .BuildServiceProvider();
    }

    public FakeOrigin Origin { get; }

    public FakeClamd Clamd { get; } = FakeClamd.OnTcp();

    /// <summary>Its clock, where it was started with no other.</summary>
    public ShiftedTimeProvider Clock { get; } = new(isStill: true);

    public FakeLoggerProvider Log { get; } = new();

    public ContentGate Gate => _services.GetRequiredService<ContentGate>();

    public ContentStore Store => _services.GetRequiredService<ContentStore>();

    /// <summary>How upstream answers <see cref="Path"/>.</summary>
    public RequestDelegate Upstream
    {
        set => Origin.On(Path, value);
    }

    /// <summary>What it was asked for last.</summary>
    public IReadOnlyDictionary<string, string> LastAsked => Origin.Requests.Last().Headers;

    /// <param name="revalidateWithin">Short only where upstream is silent; unset: longer than any that answers takes.</param>
    public static async Task<GateRig> StartAsync(
        string storePath, FakeOrigin? origin = null, TimeSpan? revalidateWithin = null, TimeProvider? time = null)
    {
        var rig = new GateRig(
            origin ?? await FakeOrigin.StartAsync(), storePath, revalidateWithin ?? TimeSpan.FromMinutes(1), time);
        foreach (var service in rig._services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        await rig._services.GetRequiredService<ClamdPool>().WaitForFirstProbeAsync(CancellationToken.None).WaitAsync(Limit);
        return rig;
    }

    /// <summary>An answer of upstream's with the clock's Date, and with what is given.</summary>
    public RequestDelegate Dated(string text, int status, params (string Name, string Value)[] headers) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Date = _time.GetUtcNow().ToString("r", CultureInfo.InvariantCulture);
        return Tagged(text, $"\"{text}\"", headers)(context);
    };

    /// <summary>An answer of upstream's by which a later one can be told from it; "not modified" where the request has its tag.</summary>
    public static RequestDelegate Tagged(string text, string tag, params (string Name, string Value)[] headers) => context =>
    {
        context.Response.Headers.ETag = tag;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(text));
    };

    public static RequestDelegate RedirectTo(string place) => context =>
    {
        context.Response.Redirect(place);
        return Task.CompletedTask;
    };

    public static RequestDelegate Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public Task<GateAnswer> AskAsync(
        TimeSpan freshFor = default, TimeSpan? staleIfError = null, bool cacheScan = false, string path = Path, params (
            string Name, string Value)[] headers) =>
        AskAsync(new Freshness(freshFor, staleIfError ?? TimeSpan.FromDays(7)), CacheControl.None, cacheScan, path, headers);

    /// <summary>Asks for what counts as long as upstream says.</summary>
    /// <param name="directives">The client's Cache-Control.</param>
    public Task<GateAnswer> AskByUpstreamAsync(string directives = "", params (string Name, string Value)[] headers) =>
        AskAsync(Freshness.ByUpstream, CacheControl.Of([directives]), false, Path, headers);

    /// <summary>A request has changed the URL at upstream.</summary>
    public async Task ChangeAsync() => await _services.GetRequiredService<ForgottenUrls>().ChangedAsync(
        new GateRequest(Target.TryCreate(Origin.Url, Path, out _)!, [], CacheScan: false) { Freshness = Freshness.ByUpstream });

    /// <summary>Asks for a head, which upstream answers by this one.</summary>
    /// <param name="directives">The client's Cache-Control.</param>
    /// <returns>How it was answered here; null: by upstream's.</returns>
    public async Task<CacheOutcome?> AskHeadAsync(UpstreamHead head, string directives = "")
    {
        var request = new GateRequest(Target.TryCreate(Origin.Url, Path, out _)!, [], CacheScan: false)
        {
            Freshness = Freshness.ByUpstream,
            Directives = CacheControl.Of([directives]),
        };
        await using var known = await Gate.AnswerHeadAsync(
            request, () => Task.FromResult<(UpstreamHead?, Failure?)>((head, null)), CancellationToken.None).WaitAsync(Limit);
        return known?.Trace.Cache;
    }

    private async Task<GateAnswer> AskAsync(
        Freshness freshness, CacheControl directives, bool cacheScan, string path, (string Name, string Value)[] headers)
    {
        var request = new GateRequest(
            Target.TryCreate(Origin.Url, path, out _)!,
            [.. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))],
            cacheScan)
        {
            Delivery = DeliveryMode.Hold,
            NeutralFields = ["Accept"],
            Freshness = freshness,
            Directives = directives,
        };
        await using var result = await Gate.OpenAsync(request, CancellationToken.None).WaitAsync(Limit);
        return result switch
        {
            GateResult.Whole file => new(file.Trace.Cache, await TextAsync(file)) { Head = file.Head, Age = file.Place?.Age },
            GateResult.Refused refused => new(refused.Trace.Cache, $"refused: {refused.Verdict.Signature}"),
            GateResult.Failed failed => new(failed.Trace.Cache, failed.Failure.Reason.ToString()),
            GateResult.NotModified not => new(not.Trace.Cache, "not modified"),
            _ => throw new InvalidOperationException($"{result}"),
        };
    }

    /// <summary>Gives the scanner newer signatures.</summary>
    public async Task RenewSignaturesAsync(int version)
    {
        Clamd.VersionReply = $"ClamAV 1.4.6/{version}/Sat Nov 21 08:00:00 2026\0";
        var waited = Stopwatch.StartNew();
        while (_services.GetRequiredService<ClamdPool>().NewestDatabase != version)
        {
            Assert.True(waited.Elapsed < Limit, "the newer signatures were not seen");
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        await Origin.DisposeAsync();
        await Clamd.DisposeAsync();
        _spool.Dispose();
    }

    private static async Task<string> TextAsync(GateResult.Whole file)
    {
        var bytes = new byte[file.Body.Length];
        for (var read = 0; read < bytes.Length;)
        {
            read += await file.Body.ReadAsync(read, bytes.AsMemory(read), CancellationToken.None);
        }

        return Encoding.UTF8.GetString(bytes);
    }
}
