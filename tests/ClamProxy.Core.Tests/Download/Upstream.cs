using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Names;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Tests.Download;

/// <summary>The download side as a host puts it together, with a fake resolver and loopback allowed unless a test says otherwise.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services;
    private readonly CancellationTokenSource _tooLong = new(Patience);

    public Upstream(
        Action<DownloadOptions>? change = null,
        TimeProvider? time = null,
        SystemResolver? resolve = null,
        Action<NameOptions>? names = null)
    {
        var nameOptions = new NameOptions();
        names?.Invoke(nameOptions);
        var options = new DownloadOptions { AllowedUpstreams = ["127.0.0.0/8"], Retries = 0 };
        change?.Invoke(options);
        Options = options;
        _services = new ServiceCollection()
            .AddMetrics()
            .AddLogging()
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(resolve ?? Resolver.Resolve)
            .AddNames(nameOptions)
            .AddDownload(options)
            .BuildServiceProvider();
    }

    public DownloadOptions Options { get; }

    public FakeResolver Resolver { get; } = new();

    public UpstreamClient Client => _services.GetRequiredService<UpstreamClient>();

    public UpstreamGuard Guard => _services.GetRequiredService<UpstreamGuard>();

    public IServiceProvider Services => _services;

    /// <summary>Ends every wait of a test that hangs.</summary>
    public CancellationToken Token => _tooLong.Token;

    public Task<UpstreamAnswer> FetchAsync(string url, params (string Name, string Value)[] headers)
    {
        var target = Target.TryParse(url, out var problem) ?? throw new ArgumentException(problem);
        var lines = headers.Select(header => KeyValuePair.Create(header.Name, header.Value)).ToList();
        return Client.FetchAsync(new UpstreamRequest(target, lines), Token);
    }

    /// <summary>The failure of a fetch for a client.</summary>
    public async Task<Failure?> FetchFailureOfAsync(string client, string url)
    {
        var answer = await Client.FetchAsync(new UpstreamRequest(Target.TryParse(url, out _)!, []) { Client = client }, Token);
        if (answer.Response is { } response)
        {
            await response.DisposeAsync();
        }

        return answer.Failure;
    }

    public async Task<Failure?> FetchFailureAsync(string url, params (string Name, string Value)[] headers)
    {
        var answer = await FetchAsync(url, headers);
        if (answer.Response is { } response)
        {
            await response.DisposeAsync();
        }

        return answer.Failure;
    }

    /// <summary>Fetches to the body's end: the bytes that came, and the failure if it broke.</summary>
    public async Task<(byte[] Body, Failure? Failure)> DownloadAsync(string url)
    {
        var answer = await FetchAsync(url);
        Assert.Null(answer.Failure);
        await using var response = answer.Response!;
        return await ReadAsync(response);
    }

    public async Task<(byte[] Body, Failure? Failure)> ReadAsync(UpstreamResponse response)
    {
        using var body = new MemoryStream();
        var failure = await response.CopyToAsync(
            (piece, _) =>
            {
                body.Write(piece.Span);
                return ValueTask.FromResult<Failure?>(null);
            },
            Token);
        return (body.ToArray(), failure);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _tooLong.Dispose();
    }
}
