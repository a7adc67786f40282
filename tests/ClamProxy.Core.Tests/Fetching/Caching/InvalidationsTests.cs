using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching.Caching;

namespace ClamProxy.Core.Tests.Fetching.Caching;

public sealed class InvalidationsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4000)]
    public void Url_IsKnownHoweverLongItIsAndHeldShort(int length)
    {
        var invalidations = new Invalidations(TimeProvider.System);
        var (changed, other) = (Url(new string('a', length)), Url(new string('b', length)));

        invalidations.Note(changed);

        Assert.True(invalidations.Concern(changed, DateTimeOffset.MinValue));
        Assert.False(invalidations.Concern(other, DateTimeOffset.MinValue));
        Assert.InRange(Invalidations.NameOf(changed).Length, 1, 256);
    }

    private static Target Url(string path) => Target.TryCreate("https://origin.example", $"/{path}", out _)!;
}
