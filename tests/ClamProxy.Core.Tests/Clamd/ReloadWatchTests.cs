using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>What STATS shows of a scanner that loads signatures.</summary>
public sealed class ReloadWatchTests
{
    [Theory]
    [InlineData("1:5.884M 1:5.884M", 0)]
    [InlineData("1:5.884M 1:5.885M", 1)]
    [InlineData("1:5.884M 2:11.768M 2:11.768M 1:5.884M", 1)]
    [InlineData("2:11.768M 1:5.884M", 1)]
    [InlineData("1:5.884M left 1:5.884M", 0)]
    [InlineData("1:5.884M left 1:5.900M", 1)]
    public void Reload_IsSeenOnce(string seen, int reloads)
    {
        var watch = new ReloadWatch();
        foreach (var one in seen.Split(' '))
        {
            if (one == "left")
            {
                watch.Left();
            }
            else
            {
                watch.Saw(FakeClamd.StatsOf(one[0] - '0', one[2..]).TrimEnd('\0'));
            }
        }

        Assert.Equal(reloads, watch.Reloads);
    }

    [Theory]
    [InlineData("UNKNOWN COMMAND")]
    [InlineData("COMMAND UNAVAILABLE")]
    [InlineData("POOLS: 1\n\nMEMSTATS: heap 1.0M mmap 1.0M used 1.0M free 1.0M pools 0 pools_used 0.000M pools_total 0.000M\nEND")]
    public void ScannerThatDoesNotTell_IsNotAskedAgain(string stats)
    {
        var watch = new ReloadWatch();
        watch.Saw(stats);
        Assert.False(watch.IsTold);
        watch.Left();
        Assert.True(watch.IsTold);
    }
}
