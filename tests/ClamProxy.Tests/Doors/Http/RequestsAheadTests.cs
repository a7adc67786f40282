using ClamProxy.Connections;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Which of a connection's waiting requests are begun before their turn.</summary>
public sealed class RequestsAheadTests
{
    [Fact]
    public void EachIsBegunOnce_WhileItMayStillWait()
    {
        var ahead = new RequestsAhead(2);

        Assert.True(ahead.IsNew(1));
        Assert.True(ahead.IsNew(2));
        Assert.False(ahead.IsNew(1));
        Assert.False(ahead.IsNew(2));
        Assert.True(ahead.IsNew(3));
        Assert.False(ahead.IsNew(2));
    }

    [Fact]
    public void NoMoreThanAllowed_AreUnderWay_AndOneThatIsLeftIsSeenLater()
    {
        var ahead = new RequestsAhead(1);
        Assert.True(ahead.IsNew(1));
        ahead.Begin();

        Assert.False(ahead.IsNew(2));
        ahead.Ended(isLost: false);

        Assert.True(ahead.IsNew(2));
        Assert.False(ahead.IsOver);
    }

    [Fact]
    public void WhatWasFetchedIsLost_NothingMoreIsBegun()
    {
        var ahead = new RequestsAhead(4);
        ahead.Begin();
        ahead.Ended(isLost: true);

        Assert.True(ahead.IsOver);
        Assert.False(ahead.IsNew(1));
    }
}
