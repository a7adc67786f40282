using System.Text.RegularExpressions;
using ClamProxy.Core.Download;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Unproved;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>A user with the rights that docs/operations.md names can do all that ClamProxy does, and asks for nothing else.</summary>
public sealed class RedisAclTests
{
    private const string Password = "s3cret p@ss/é#%";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static RedisOptions Patient => new() { RedisTimeout = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task UserOfTheManual_IsRefusedNothing()
    {
        await using var redis = await RedisProcess.StartAsync();
        await AddUserAsync(redis);
        using var test = new RedisUnderTest($"redis://clamproxy:{Uri.EscapeDataString(Password)}@127.0.0.1:{redis.Port}", Patient);
        await UseAllAsync(test);
        Assert.Equal("", await redis.AskAsync("ACL", "LOG"));
    }

    [Fact]
    public async Task UserOfTheManualInACluster_IsRefusedNothing()
    {
        await using var redis = await RedisCluster.StartAsync();
        foreach (var node in redis.All)
        {
            await AddUserAsync(node);
        }

        using var test = new RedisUnderTest(
            redis.Url.Replace("://", $"://clamproxy:{Uri.EscapeDataString(Password)}@", StringComparison.Ordinal), Patient);
        await UseAllAsync(test);
        foreach (var node in redis.All)
        {
            Assert.Equal("", await node.AskAsync("ACL", "LOG"));
        }
    }

    [Fact]
    public async Task UserOfTheManualBehindSentinels_IsRefusedNothing()
    {
        await using var redis = await RedisSentinels.StartAsync();
        foreach (var node in redis.All)
        {
            await AddUserAsync(node);
        }

        using var test = new RedisUnderTest(
            redis.Url.Replace("://", $"://clamproxy:{Uri.EscapeDataString(Password)}@", StringComparison.Ordinal), Patient);
        await UseAllAsync(test);
        foreach (var node in redis.All)
        {
            Assert.Equal("", await node.AskAsync("ACL", "LOG"));
        }
    }

    private static async Task AddUserAsync(RedisProcess redis)
    {
        var line = Regex.Match(
            await File.ReadAllTextAsync(Repository.File("docs/operations.md"), Cancellation),
            "^ACL SETUSER clamproxy (?<rules>.*)$",
            RegexOptions.Multiline);
        Assert.True(line.Success, "docs/operations.md has no line that begins with ACL SETUSER clamproxy");
        var rules = line.Groups["rules"].Value.Trim().Split(' ').Select(rule => rule.StartsWith('>') ? ">" + Password : rule);
        Assert.Equal("+OK", await redis.AskAsync(["ACL", "SETUSER", "clamproxy", .. rules]));
    }

    private static async Task UseAllAsync(RedisUnderTest test)
    {
        await test.ConnectedAsync();
        var lease = (await test.Leases.TryTakeAsync(Records.Url, Cancellation)).Lease;
        Assert.True(lease is not null, test.Log);
        Assert.Equal(LeaseOutcome.Held, (await test.Leases.TryTakeAsync(Records.Url, Cancellation)).Outcome);
        await test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, lease.Fence, Cancellation);
        await lease.DisposeAsync();
        Assert.True(await test.Leases.WaitAsync(Records.Url, Cancellation));
        Assert.Equal(Records.CleanUrl, await test.Store.FindUrlAsync(Records.Url, Cancellation));
        await test.Store.SaveContentAsync(Records.Content, Records.Clean, Cancellation);
        await test.Store.DropUrlAsync(Records.Url, Cancellation);

        var target = Target.TryParse("https://example.org/file", out _)!;
        await UseMemoriesAsync(test, UnprovedKeys.Of("client", target), UnprovedKeys.OfGiven("client", target));
        await UseCutoffsAsync(test);
        Assert.DoesNotContain("NOPERM", test.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", test.Log, StringComparison.Ordinal);
    }

    private static async Task UseCutoffsAsync(RedisUnderTest test)
    {
        var (one, other) = (new VerdictCutoffs(new VerdictOptions(), TimeProvider.System), new VerdictCutoffs(
            new VerdictOptions(), TimeProvider.System));
        one.RescanAll();
        foreach (var cutoffs in new[] { one, other })
        {
            using var sync = new CutoffSync(
                cutoffs, new VerdictOptions(), test.Calls, "", TimeProvider.System, NullLogger<CutoffSync>.Instance);
            Assert.True(await sync.SyncAsync(Cancellation), test.Log);
        }

        Assert.Equal(one.Rescan, other.Rescan);
    }

    private static async Task UseMemoriesAsync(RedisUnderTest test, string unproved, string given)
    {
        var options = new UnprovedOptions();
        var piece = new UnprovedPiece(0, 5, new string('a', 64));
        var transfers = new SharedUnproved(test.Calls, options);
        var entry = new UnprovedEntry(unproved, "client");
        await transfers.SaveAsync(entry);
        Assert.Single(await transfers.FindAsync(unproved, Cancellation));
        await transfers.RemoveAsync(entry);

        var contents = new SharedContents(test.Calls, options, TimeProvider.System);
        Assert.Equal([piece], await contents.AddAsync(given, piece));
        await contents.RemoveAsync(given, [piece]);
        Assert.Empty((await contents.FindAsync(given, Cancellation))!);
    }
}
