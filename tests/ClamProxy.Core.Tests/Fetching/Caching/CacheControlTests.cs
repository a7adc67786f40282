using ClamProxy.Core.Fetching.Caching;

namespace ClamProxy.Core.Tests.Fetching.Caching;

public sealed class CacheControlTests
{
    [Theory]
    [InlineData("max-age=60", 60)]
    [InlineData("MAX-AGE=60", 60)]
    [InlineData("max-age=\"60\"", 60)]
    [InlineData("public, max-age=0060", 60)]
    [InlineData("x=\"max-age=5, \\\", max-age=6\", max-age=60", 60)]
    [InlineData("max-age=99999999999999999999", int.MaxValue)]
    [InlineData("max-age=2147483648", int.MaxValue)]
    [InlineData("max-age=600, max-age=60", 60)]
    [InlineData("max-age", 0)]
    [InlineData("max-age=", 0)]
    [InlineData("max-age=-60", 0)]
    [InlineData("max-age=60.5", 0)]
    [InlineData("max-age=60s", 0)]
    [InlineData("max-age='60'", 0)]
    [InlineData("max-age =60", 0)]
    [InlineData("max-age= 60", 0)]
    [InlineData("s-maxage=60", null)]
    [InlineData("x=\"max-age=60\"", null)]
    [InlineData("", null)]
    public void MaxAge_IsItsSmallestNumberAndZeroWhereItIsNone(string line, int? seconds) =>
        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), CacheControl.Of([line]).MaxAge);

    [Theory]
    [InlineData("no-store")]
    [InlineData("max-age=60,No-Store")]
    [InlineData(" , no-store ,, ")]
    [InlineData("no-store=x")]
    [InlineData("x=\"never closed, no-store")]
    [InlineData("private=\"a\\\", no-store")]
    public void NoStore_IsFoundWhereverItStands(string line) => Assert.True(CacheControl.Of([line]).NoStore);

    [Fact]
    public async Task ManyQuotesThatAreNeverClosed_AreReadOnce()
    {
        // Read once for each quote it takes many minutes, read once milliseconds.
        var line = "x=\"" + string.Concat(Enumerable.Repeat("\\\"", 1_000_000)) + ", no-store";
        var reading = Task.Factory.StartNew(
            () => CacheControl.Of([line]).NoStore,
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        Assert.True(await reading.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("no-stored")]
    [InlineData("x=\"no-store\"")]
    [InlineData("x=\"a, no-store\"")]
    [InlineData("x=\"\\\", no-store\"")]
    public void NoStore_IsNotFoundInsideOfSomethingElse(string line) => Assert.False(CacheControl.Of([line]).NoStore);

    [Theory]
    [InlineData("no-cache")]
    [InlineData("no-cache=\"Set-Cookie\"")]
    [InlineData("must-revalidate")]
    [InlineData("proxy-revalidate")]
    [InlineData("s-maxage=60")]
    public void Stale_IsForbidden(string line) => Assert.True(CacheControl.Of(["max-age=5", line]).ForbidsStale);

    [Theory]
    [InlineData("max-stale", int.MaxValue)]
    [InlineData("max-stale=60", 60)]
    [InlineData("max-age=60", null)]
    public void MaxStale_WithoutANumberIsAnything(string line, int? seconds) =>
        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), CacheControl.Of([line]).MaxStale);
}
