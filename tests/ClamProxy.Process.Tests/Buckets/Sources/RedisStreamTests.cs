using System.Globalization;
using ClamProxy.Process.Tests.Redis;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>A stream that other programs fill.</summary>
public sealed class RedisStreamTests(RedisFixture redis) : RedisSourceTests(redis)
{
    private protected override bool IsList => false;

    private protected override Task SendAsync(string body) => Servers.AskAsync("XADD", Key, "*", "event", body);

    [Fact]
    public Task MessageThatIsNotExtended_GoesToAnotherProcessAndIsLostToTheFirst() => MessageThatIsNotExtendedGoesToAnotherAsync(PassAsync);

    [Fact]
    public async Task EntryThatIsDone_IsDeletedWhereNoOtherGroupReadsIt()
    {
        await using var source = Open();
        await SendAsync("one");
        await source.CompleteAsync(await TakeAsync(source), Cancelled);
        Assert.Equal(":0", await Servers.AskAsync("XLEN", Key));

        await Servers.AskAsync("XGROUP", "CREATE", Key, "others", "$");
        await SendAsync("two");
        await source.CompleteAsync(await TakeAsync(source), Cancelled);
        Assert.Equal(":1", await Servers.AskAsync("XLEN", Key));
    }

    [Fact]
    public async Task EntryOfSeveralFields_IsTheOneCalledMessageOrEmpty()
    {
        await using var source = Open();
        await Servers.AskAsync("XADD", Key, "*", "a", "1", "message", "it");
        Assert.Equal("it", Text(await TakeAsync(source)));

        await Servers.AskAsync("XADD", Key, "*", "a", "1", "b", "2");
        Assert.Empty(Text(await TakeAsync(source)));
    }

    /// <summary>A claim's IDLE is the time since the message was handed out; JUSTID does not count it as handed out again.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        var pending = (await Servers.AskAsync("XPENDING", Key, Keys.Group, "-", "+", "1"))!.Split('\n');
        var (entry, consumer) = (pending[0], pending[1]);
        var idle = long.Parse(pending[2].TrimStart(':'), CultureInfo.InvariantCulture) + (long)time.TotalMilliseconds;
        var claimed = await Servers.AskAsync("XCLAIM", Key, Keys.Group, consumer, "0", entry, "IDLE", $"{idle}", "JUSTID");
        Assert.Equal(entry, claimed);
    }
}
