using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Process.Tests.Deliveries;

/// <summary>What every place of the record promises.</summary>
public abstract class DeliveryStoreConformance
{
    private static readonly DateTimeOffset s_now =
        DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    private readonly string _run = Guid.NewGuid().ToString("N");

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The store as a process of its own has it; all of a test are one record.</summary>
    private protected abstract IDeliveryStore Open();

    [Fact]
    public async Task Row_IsFoundByItsContentAsItWas()
    {
        using var store = Open();
        var taker = TakerOf("10.0.0.7", s_now) with { User = "c i", Url = "https://h/a b\n\"é", Bytes = 5_000_000_000_000 };

        Assert.Empty(await WriteAsync(store, "file", taker));
        await WriteAsync(store, "another", TakerOf("10.0.0.8", s_now));

        var takers = await store.FindAsync(Sha256("file"), 10, Cancelled);
        Assert.Equal((1, 1, null), (takers.Rows, takers.Clients, takers.Signature));
        Assert.Equal(taker, Assert.Single(takers.Some));
        Assert.Empty((await store.FindAsync(Sha256("nobody's"), 10, Cancelled)).Some);
    }

    [Fact]
    public async Task AlikeRowsOfSeveralProcesses_AddUp()
    {
        using var one = Open();
        using var other = Open();
        await WriteAsync(one, "file", TakerOf("10.0.0.7", s_now) with { RequestId = "1" });
        await WriteAsync(other, "file", TakerOf("10.0.0.7", s_now.AddMinutes(1)) with { RequestId = "2" });
        await WriteAsync(other, "file", TakerOf("10.0.0.7", s_now.AddMinutes(-1)) with { User = null });

        var takers = await one.FindAsync(Sha256("file"), 10, Cancelled);

        Assert.Equal((2, 2), (takers.Rows, takers.Clients));
        Assert.Equal((2, 10, "2"), (takers.Some[0].Times, takers.Some[0].Bytes, takers.Some[0].RequestId));
        Assert.Equal((s_now, s_now.AddMinutes(1)), (takers.Some[0].First, takers.Some[0].Last));
    }

    [Fact]
    public async Task ManyRows_AreCountedAndTheLatestNamed()
    {
        using var store = Open();
        await store.WriteAsync(Enumerable.Range(0, 2500).Select(number => TakerOf($"10.0.{number % 500}", s_now.AddSeconds(number)) with
        {
            Url = $"https://h/{number}",
        }).ToDictionary(taker => TakerKey.Of(Sha256("file"), taker)));

        var takers = await store.FindAsync(Sha256("file"), 3, Cancelled);

        Assert.Equal((2500, 500), (takers.Rows, takers.Clients));
        Assert.Equal(["https://h/2499", "https://h/2498", "https://h/2497"], takers.Some.Select(taker => taker.Url));
    }

    [Fact]
    public async Task TakersSince_AreThoseThatWereNotToldOfEachOnce()
    {
        using var store = Open();
        await store.WriteAsync(Enumerable.Range(0, 1200).Select(number => TakerOf($"10.0.{number}", s_now.AddSeconds(number)))
            .Append(TakerOf("10.0.0.8", s_now.AddHours(1)) with { Verdict = Verdict.Infected })
            .ToDictionary(taker => TakerKey.Of(Sha256("file"), taker)));

        Assert.Equal(0, await store.ToldAsync(Sha256("file"), Cancelled));
        var some = await ListAsync(store, s_now.AddSeconds(99));
        await store.DetectAsync(Sha256("file"), "Evil-1", s_now.AddHours(2), 10, Cancelled);
        var told = await store.ToldAsync(Sha256("file"), Cancelled);

        Assert.Equal(Enumerable.Range(100, 1100).Select(number => $"10.0.{number}").Order(), some.Order());
        Assert.Equal(1200, (await ListAsync(store, s_now.AddSeconds(-1))).Distinct().Count());
        Assert.Equal(s_now.AddSeconds(1199).ToUnixTimeMilliseconds(), told);
        Assert.Empty(await ListAsync(store, DateTimeOffset.FromUnixTimeMilliseconds(told)));
    }

    [Fact]
    public async Task InfectedContent_IsToldOnceByWhicheverProcessAsks()
    {
        using var one = Open();
        using var other = Open();
        await WriteAsync(one, "file", TakerOf("10.0.0.7", s_now));
        await WriteAsync(one, "file", TakerOf("10.0.0.8", s_now) with { Verdict = Verdict.Infected });

        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            number => (number % 2 == 0 ? one : other).DetectAsync(Sha256("file"), "Evil-1", s_now.AddHours(1), 10, Cancelled)));

        var takers = Assert.Single(told, takers => takers.Rows > 0);
        Assert.Equal(("10.0.0.7", "Evil-1"), (Assert.Single(takers.Some).Client, takers.Signature));
        var found = await other.FindAsync(Sha256("file"), 10, Cancelled);
        Assert.Equal(("Evil-1", s_now.AddHours(1), 2), (found.Signature, found.DetectedAt, found.Rows));
    }

    [Fact]
    public async Task RowThatBeganBeforeTheDetection_IsLateAndToldAlone()
    {
        using var store = Open();
        await WriteAsync(store, "file", TakerOf("10.0.0.7", s_now));
        await store.DetectAsync(Sha256("file"), "Evil-1", s_now.AddMinutes(1), 10, Cancelled);

        var late = await WriteAsync(store, "file", TakerOf("10.0.0.8", s_now) with { Last = s_now.AddMinutes(2) });
        var known = await WriteAsync(store, "file", TakerOf("10.0.0.9", s_now) with { Verdict = Verdict.Infected });

        Assert.Equal([Sha256("file")], late);
        Assert.Empty(known);
        var takers = await store.DetectAsync(Sha256("file"), null, null, 10, Cancelled);
        Assert.Equal("10.0.0.8", Assert.Single(takers.Some).Client);
        Assert.Empty((await store.DetectAsync(Sha256("file"), null, null, 10, Cancelled)).Some);
    }

    [Fact]
    public async Task OldRows_GoAndThoseThatWereAddedToStay()
    {
        using var store = Open();
        await WriteAsync(store, "file", TakerOf("old", s_now));
        await WriteAsync(store, "file", TakerOf("renewed", s_now));
        await WriteAsync(store, "file", TakerOf("renewed", s_now.AddDays(2)));

        Assert.Equal(1, await TrimAsync(store, s_now.AddDays(1), long.MaxValue));

        Assert.Equal("renewed", Assert.Single((await store.FindAsync(Sha256("file"), 10, Cancelled)).Some).Client);
        Assert.Equal(0, await TrimAsync(store, s_now.AddDays(1), long.MaxValue));
    }

    [Fact]
    public async Task TooManyRows_TheOldestGo()
    {
        using var store = Open();
        for (var age = 0; age < 4; age++)
        {
            var taker = TakerOf("10.0.0.7", s_now.AddMinutes(-age)) with { Url = $"https://h/{new string('a', 150)}" };
            await store.WriteAsync(Enumerable.Range(0, 2000).ToDictionary(
                number => TakerKey.Of(Sha256($"{age} {number}"), taker), _ => taker));
        }

        Assert.InRange(await TrimAsync(store, s_now.AddDays(-1), 2 << 20), 100, 7000);

        // Shares are trimmed each for itself: the oldest rows of one may be younger than another's.
        Assert.InRange(await KeptAsync(store, age: 3), 0, (await KeptAsync(store, age: 0)) - 20);
    }

    private protected string Sha256(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_run + content)));

    private static Taker TakerOf(string client, DateTimeOffset at) =>
        new(client, "ci", "https://h/a", "proxy", Verdict.Clean, at, at, 1, 5, "abc");

    private Task<IReadOnlyCollection<string>> WriteAsync(IDeliveryStore store, string content, Taker taker) =>
        store.WriteAsync(new Dictionary<TakerKey, Taker> { [TakerKey.Of(Sha256(content), taker)] = taker });

    /// <returns>How many of 50 contents are there.</returns>
    private async Task<int> KeptAsync(IDeliveryStore store, int age)
    {
        var kept = 0;
        for (var number = 0; number < 50; number++)
        {
            kept += (await store.FindAsync(Sha256($"{age} {number}"), 10, Cancelled)).Some.Count;
        }

        return kept;
    }

    /// <summary>As often as a process does it within some time.</summary>
    private static async Task<int> TrimAsync(IDeliveryStore store, DateTimeOffset before, long size)
    {
        var all = 0;
        for (var (round, dropped) = (0, 0); round < 64; round++, all += dropped)
        {
            (dropped, _, _) = await store.TrimAsync(before, 1000, size, 1000, Cancelled);
        }

        return all;
    }

    private async Task<IReadOnlyList<string>> ListAsync(IDeliveryStore store, DateTimeOffset since)
    {
        var clients = new List<string>();
        await foreach (var taker in store.TakersAsync(Sha256("file"), since.ToUnixTimeMilliseconds(), Cancelled))
        {
            clients.Add(taker.Client!);
        }

        return clients;
    }
}
