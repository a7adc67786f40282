using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Tests.Admission;

public sealed class WaitingClientsTests
{
    private readonly List<string> _told = [];

    [Fact]
    public void ClientThatComesTwice_LeavesWithItsLastRequest()
    {
        var clients = WaitingClients.Of("a");
        using var following = Follow(clients);
        clients.Add("b");
        clients.Add("b");
        clients.Remove("b");
        Assert.Equal(["+a", "+b"], _told);

        clients.Remove("b");

        Assert.Equal(["+a", "+b", "-b (a stays)"], _told);
    }

    [Fact]
    public void LastOne_StaysUntilAnotherComes()
    {
        var clients = WaitingClients.Of("a");
        using var following = Follow(clients);
        clients.Remove("a");
        clients.Remove("a");
        Assert.Equal(["+a"], _told);

        clients.Add("b");

        Assert.Equal(["+a", "+b", "-a (b stays)"], _told);
    }

    [Fact]
    public void WhoeverWantsOneThing_WantsAnotherWhileThatIsNeeded()
    {
        var (one, two, work) = (WaitingClients.Of("a"), WaitingClients.Of("b"), WaitingClients.OfNone());
        using var following = Follow(work);
        var ofOne = one.AlsoWant(work);
        using var ofTwo = two.AlsoWant(work);
        one.Add("b");
        one.Add("c");
        one.Remove("a");
        Assert.Equal(["+a", "+b", "+c", "-a (b stays)"], _told);

        ofOne.Dispose();
        one.Add("d");

        Assert.Equal(["+a", "+b", "+c", "-a (b stays)", "-c (b stays)"], _told);
    }

    [Fact]
    public void LastOneThatComesAgain_WasNeverAway()
    {
        var clients = WaitingClients.Of("a");
        using var following = Follow(clients);
        clients.Remove("a");
        clients.Add("a");
        clients.Add("b");
        clients.Remove("a");

        Assert.Equal(["+a", "+b", "-a (b stays)"], _told);
    }

    [Fact]
    public void WhoWasNeverAdded_IsNothingToTakeBack()
    {
        var clients = WaitingClients.Of("a");
        clients.Add("b");
        using var following = Follow(clients);

        clients.Remove(null);
        clients.Remove("c");

        Assert.Equal(["+a", "+b"], _told);
    }

    [Fact]
    public void FollowedTooLate_TheAssumedClientIsToldAsLeft()
    {
        var clients = WaitingClients.Of("a");
        clients.Add("b");
        clients.Remove("a");
        using var following = Follow(clients, assumed: "a");

        Assert.Equal(["+b", "-a (b stays)"], _told);
    }

    [Fact]
    public void NoLongerFollowed_NothingIsTold()
    {
        var clients = WaitingClients.Of("a");
        Follow(clients).Dispose();

        clients.Add("b");

        Assert.Equal(["+a"], _told);
    }

    private IDisposable Follow(WaitingClients clients, string? assumed = null) =>
        clients.Follow(client => _told.Add($"+{client}"), (client, other) => _told.Add($"-{client} ({other} stays)"), assumed);
}
