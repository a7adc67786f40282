namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>What sources promise that set messages aside themselves.</summary>
public abstract class DeadLetterConformance : EventSourceConformance
{
    /// <returns>The first message that was set aside, with its reason.</returns>
    private protected abstract Task<(string Body, string Reason)> DeadAsync();

    [Fact]
    public async Task MessageThatNobodyCanRead_IsSetAsideWithTheReasonAndDoesNotComeAgain()
    {
        await using var source = Open();
        await SendAsync("no event");
        await source.RefuseAsync(await TakeAsync(source), TimeSpan.Zero, "it is not JSON", Cancelled);

        Assert.Equal(("no event", "it is not JSON"), await DeadAsync());
        await SendAsync("next");
        Assert.Equal("next", Text(await TakeAsync(source)));
    }
}
