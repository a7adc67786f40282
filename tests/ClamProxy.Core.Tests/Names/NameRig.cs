using System.Net;
using ClamProxy.Core.Names;
using ClamProxy.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Names;

/// <summary>A resolver over a name server that may be silent, and a clock that a test moves.</summary>
internal sealed class NameRig : IDisposable
{
    private readonly TestMeters _meters = new();
    private readonly CancellationTokenSource _tooLong = new(TimeSpan.FromSeconds(30));

    public NameRig(Action<NameOptions>? change = null)
    {
        change?.Invoke(Options);
        Resolver = new NameResolver(Options, System.Resolve, new NameMetrics(_meters), Clock);
    }

    public NameOptions Options { get; } = new();

    public SilentResolver System { get; } = new();

    public FakeTimeProvider Clock { get; } = FakeClock.Create();

    public NameResolver Resolver { get; }

    public CancellationToken Token => _tooLong.Token;

    public Task<IPAddress[]> FindAsync(string name, string? client = null) => Resolver.FindAsync(name, client, Token);

    public async Task<NameException> FailAsync(string name, string? client = null) =>
        await Assert.ThrowsAsync<NameException>(() => FindAsync(name, client));

    public void Dispose()
    {
        Resolver.Dispose();
        System.Dispose();
        _meters.Dispose();
        _tooLong.Dispose();
    }
}
