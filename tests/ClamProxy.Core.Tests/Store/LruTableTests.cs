using ClamProxy.Core.Store;

namespace ClamProxy.Core.Tests.Store;

public sealed class LruTableTests
{
    [Fact]
    public void Full_TheLeastRecentlyUsedLeavesAndIsTold()
    {
        var left = new List<string>();
        var table = new LruTable<int, string>(3, left.Add);
        foreach (var n in new[] { 1, 2, 3 })
        {
            table.Set(n, $"v{n}");
        }

        Assert.True(table.TryGet(1, out _));
        table.Set(4, "v4");
        Assert.Equal(["v2"], left);
        table.Set(4, "v4b");
        table.Remove(1);
        table.Remove(99);
        Assert.Equal(["v2", "v4", "v1"], left);
        Assert.Equal(["v3", "v4b"], table.Values);
        table.Clear();
        Assert.Equal(["v2", "v4", "v1", "v3", "v4b"], left);
        Assert.False(table.TryGet(3, out _));
    }

    [Fact]
    public void OverItsBytes_AsManyLeaveAsTheNewOneNeeds()
    {
        var left = new List<int>();
        var table = new LruTable<int, int>(100, left.Add, bytes: 10, bytesOf: value => value);
        foreach (var value in new[] { 3, 4, 2 })
        {
            table.Set(value, value);
        }

        table.Set(8, 8);
        Assert.Equal([3, 4], left);
        Assert.Equal(10, table.Bytes);
        table.Set(8, 1);
        Assert.Equal(3, table.Bytes);
        table.Set(50, 50);
        Assert.Equal([50], table.Values);
        table.Set(1, 1);
        table.Remove(1);
        Assert.Equal((0, 0), (table.Values.Count, table.Bytes));
    }

    [Fact]
    public void ManyThreads_EachValueLeavesOnce()
    {
        var left = 0;
        var table = new LruTable<int, int>(10, _ => Interlocked.Increment(ref left));

        Parallel.For(0, 10_000, n =>
        {
            table.Set(n % 50, n);
            table.TryGet((n + 1) % 50, out _);
            if (n % 7 == 0)
            {
                table.Set(n % 50, n);
                table.Remove(n % 50);
            }
        });

        var sets = 10_000 + Enumerable.Range(0, 10_000).Count(n => n % 7 == 0);
        Assert.Equal(sets, left + table.Values.Count);
    }
}
