using ClamProxy.Core.Download;
using ClamProxy.Core.Unproved;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Unproved;

/// <summary>What is remembered of clean contents of which a client was given bytes.</summary>
public sealed class DeliveredContentsTests : IDisposable
{
    private const string Client = "192.0.2.1";
    private static readonly Target File = Target.TryCreate("http://example.org", "/file", out _)!;
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private readonly TestMeters _meters = new();
    private readonly ShiftedTimeProvider _clock = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task AnotherContent_IsGivenOnlyIfItHasTheFirst()
    {
        var memory = Memory();
        Assert.True(await TryAsync(memory, Client, File, Content(1)));

        Assert.True(await TryAsync(memory, Client, File, Content(1)));
        Assert.False(await TryAsync(memory, Client, File, Content(2)));
        Assert.True(await TryAsync(memory, "192.0.2.2", File, Content(2)));
        Assert.True(await TryAsync(memory, Client, Another(1), Content(2)));
        Assert.True(await memory.TryRememberAsync(Client, File, Content(3), _ => new(true), Cancelled));
        Assert.False(await TryAsync(memory, Client, File, Content(1)));
    }

    [Fact]
    public async Task ContentThatHasAllOfAnother_ReplacesIt()
    {
        var memory = Memory();
        for (var one = 0; one < 10; one++)
        {
            Assert.True(await memory.TryRememberAsync(Client, File, Content(one), _ => new(true), Cancelled));
        }

        Assert.Equal(1, memory.Count);
        Assert.True(await TryAsync(memory, Client, File, Content(9)));
    }

    [Fact]
    public async Task WholeContents_AreRememberedWhateverWasGiven()
    {
        var memory = Memory();
        memory.Remember(Client, File, Content(1));
        memory.Remember(Client, File, Content(2));
        memory.Remember(Client, File, Content(2));

        Assert.Equal(2, memory.Count);
        Assert.False(await TryAsync(memory, Client, File, Content(1)));
        Assert.False(await TryAsync(memory, Client, File, Content(2)));
    }

    [Fact]
    public async Task ContentThatIsGivenMeanwhile_IsSeen()
    {
        var memory = Memory();
        memory.Remember(Client, File, Content(1));

        // While it is read whether the first is in it, another is given.
        var mayGive = await memory.TryRememberAsync(
            Client, File, Content(2),
            async other =>
            {
                memory.Remember(Client, File, Content(3));
                return other == Content(1);
            },
            Cancelled);

        Assert.False(mayGive);
    }

    [Fact]
    public async Task Life_BeginsAnewWheneverBytesAreGiven()
    {
        var memory = Memory();
        memory.Remember(Client, File, Content(1));

        _clock.Advance(TimeSpan.FromMinutes(50));
        Assert.True(await TryAsync(memory, Client, File, Content(1)));
        _clock.Advance(TimeSpan.FromMinutes(50));
        Assert.False(await TryAsync(memory, Client, File, Content(2)));
        _clock.Advance(TimeSpan.FromMinutes(11));

        Assert.True(await TryAsync(memory, Client, File, Content(2)));
        Assert.Equal(1, memory.Count);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(30, true)]
    public async Task TransferThatTookLong_IsRememberedFromItsEndOn(int minutes, bool isStillRemembered)
    {
        var memory = Memory(new UnprovedOptions { RememberPartsFor = TimeSpan.FromHours(5) });
        var begun = _clock.GetTimestamp();
        memory.Remember(Client, File, Content(1));

        _clock.Advance(TimeSpan.FromMinutes(minutes));
        memory.RememberAgain(Client, File, Content(1), begun);
        _clock.Advance(TimeSpan.FromHours(5) - TimeSpan.FromMinutes(1));

        Assert.Equal(isStillRemembered, await memory.HasAsync(Client, File, Cancelled));
    }

    [Theory]
    [InlineData(3, 100)]
    [InlineData(100, 4)]
    public async Task NoRoom_WhatTheSameClientWasGivenLongestAgoMakesIt(int perClient, int inAll)
    {
        var memory = Memory(new UnprovedOptions { MaxPartsPerClient = perClient, MaxParts = inAll });
        memory.Remember("192.0.2.2", File, Content(1));
        for (var one = 0; one < 3; one++)
        {
            memory.Remember(Client, Another(one), Content(1));
        }

        memory.Remember(Client, Another(0), Content(1));
        memory.Remember(Client, Another(3), Content(1));

        Assert.Equal(4, memory.Count);
        Assert.True(await memory.HasAsync("192.0.2.2", File, Cancelled));
        Assert.False(await memory.HasAsync(Client, Another(1), Cancelled));
        Assert.True(await memory.HasAsync(Client, Another(0), Cancelled) && await memory.HasAsync(Client, Another(3), Cancelled));
    }

    [Fact]
    public async Task NoRoomForAnotherClient_WhatWasGivenLongestAgoMakesIt()
    {
        var memory = Memory(new UnprovedOptions { MaxParts = 2 });
        memory.Remember(Client, Another(0), Content(1));
        memory.Remember(Client, Another(1), Content(1));
        memory.Remember("192.0.2.2", File, Content(1));

        Assert.Equal(2, memory.Count);
        Assert.False(await memory.HasAsync(Client, Another(0), Cancelled));
    }

    [Fact]
    public async Task ContentsOfOneUrl_AreBounded()
    {
        var memory = Memory(new UnprovedOptions { MaxPartsPerUrl = 2 });
        for (var one = 0; one < 10; one++)
        {
            memory.Remember(Client, File, Content(one));
        }

        Assert.Equal(2, memory.Count);
        Assert.False(await TryAsync(memory, Client, File, Content(9)));
    }

    private static Target Another(int number) => Target.TryCreate("http://example.org", $"/another-{number}", out _)!;

    private static UnprovedPiece Content(int number) => new(0, 1000, $"{number:x64}");

    private static ValueTask<bool> TryAsync(DeliveredContents memory, string client, Target target, UnprovedPiece content) =>
        memory.TryRememberAsync(client, target, content, _ => new(false), Cancelled);

    private DeliveredContents Memory(UnprovedOptions? options = null) =>
        new(options ?? new UnprovedOptions(), null, new UnprovedMetrics(_meters), _clock);
}
