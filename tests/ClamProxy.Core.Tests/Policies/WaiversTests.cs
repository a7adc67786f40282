using ClamProxy.Core.Policies;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Policies;

/// <summary>Exceptions are read again when their file changes, end when they say so, and a broken file takes none away.</summary>
public sealed class WaiversTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.Create();
    private readonly FakeLoggerProvider _log = new();
    private readonly LoggerFactory _factory;
    private readonly Waivers _waivers;

    public WaiversTests()
    {
        _factory = new LoggerFactory([_log]);
        Write("first", _clock.GetUtcNow().AddDays(1));
        _waivers = new Waivers(new PolicyOptions { ExceptionsFile = Path }, _clock, _factory.CreateLogger<Waivers>());
    }

    private string Path => _folder.File("exceptions.json");

    public void Dispose()
    {
        _waivers.Dispose();
        _factory.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void EndedException_IsNotFound()
    {
        Assert.NotNull(Find("first"));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(Find("first"));
    }

    [Fact]
    public void EndedException_IsLoggedOnce()
    {
        _clock.Advance(TimeSpan.FromHours(23));
        Assert.DoesNotContain(_log.Collector.GetSnapshot(), line => line.Id.Id == 9002);

        _clock.Advance(TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromDays(1));

        var line = Assert.Single(_log.Collector.GetSnapshot(), line => line.Id.Id == 9002);
        Assert.StartsWith("The exception for first ended at 2026-01-02 00:00:00Z", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ChangedFile_CountsAtOnce()
    {
        Write("second one", _clock.GetUtcNow().AddDays(1));
        Assert.Null(Find("first"));
        Assert.NotNull(Find("second one"));
    }

    [Fact]
    public void BrokenFile_ChangesNothingAndIsToldOnce()
    {
        File.WriteAllText(Path, "[ { \"signature\"");
        Assert.NotNull(Find("first"));
        Assert.NotNull(Find("first"));
        Assert.Single(_log.Collector.GetSnapshot(), line => line.Message.Contains("stay in effect", StringComparison.Ordinal));
    }

    [Fact]
    public void ReadFile_IsLoggedWithWhatIsInForceAndWhatHasExpired()
    {
        Assert.Contains(_log.Collector.GetSnapshot(), line => line.Message == $"Read {Path}: exceptions in force: 1, expired: 0");
        Write("ended long ago", _clock.GetUtcNow().AddDays(-1));
        Find("ended long ago");
        Assert.Contains(_log.Collector.GetSnapshot(), line => line.Message == $"Read {Path}: exceptions in force: 0, expired: 1");
    }

    [Fact]
    public void RemovedFile_TakesAllAway()
    {
        File.Delete(Path);
        Assert.Null(Find("first"));
    }

    private Waiver? Find(string signature) => _waivers.Find(entry => entry.Signature == signature);

    private void Write(string signature, DateTimeOffset expires) => File.WriteAllText(
        Path, $$"""[ { "signature": "{{signature}}", "owner": "o", "reason": "r", "expires": "{{expires:O}}" } ]""");
}
