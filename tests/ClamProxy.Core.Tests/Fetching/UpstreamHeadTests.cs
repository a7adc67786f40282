using ClamProxy.Core.Fetching;

namespace ClamProxy.Core.Tests.Fetching;

public sealed class UpstreamHeadTests
{
    [Theory]
    [InlineData("Cache-Control", "max-age=600, public", true)]
    [InlineData("Cache-Control", "max-age=600, private", false)]
    [InlineData("Cache-Control", "private=\"Set-Cookie\"", false)]
    [InlineData("cache-control", "NO-STORE", false)]
    [InlineData("Set-Cookie", "session=1", false)]
    [InlineData("Vary", "Accept, Accept-Encoding", true)]
    [InlineData("Vary", "Authorization, X-Unheard-Of", true)]
    [InlineData("Vary", "User-Agent", true)]
    [InlineData("Vary", "via", false)]
    [InlineData("Vary", "Accept, *", false)]
    public void Head_SaysWhoElseMayHaveIt(string name, string value, bool isShareable) =>
        Assert.Equal(isShareable, new UpstreamHead(200, "OK", [new(name, value)]).IsShareable);

    [Fact]
    public void Head_SaysTheSameToAllWhoReadItAtOnce()
    {
        var heads = Enumerable.Range(0, 200_000).Select(_ => new UpstreamHead(200, "OK", [])).ToArray();
        using var together = new Barrier(2);
        var wrong = 0;
        void Read()
        {
            together.SignalAndWait();
            foreach (var head in heads)
            {
                if (!head.IsShareable)
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        }

        var other = new Thread(Read);
        other.Start();
        Read();
        other.Join();

        Assert.Equal(0, wrong);
    }
}
