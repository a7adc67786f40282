using ClamProxy.Core.Unproved;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Unproved;

/// <summary>What is remembered of a content while other processes are asked whether a part of it may be given.</summary>
public sealed class DeliveredContentListTests
{
    private static readonly UnprovedPiece Short = new(0, 10, new string('a', 64));
    private static readonly UnprovedPiece Long = new(0, 20, new string('b', 64));

    private readonly DeliveredContentList _list = new(new UnprovedOptions(), FakeClock.Create());

    [Fact]
    public void WhileOtherProcessesAreAsked_WhatItMayReplaceIsStillRemembered()
    {
        _list.TryAdd("key", "client", Short, besides: null);

        _list.TryAdd("key", "client", Long, besides: [Short, Long]);

        Assert.Equal([Short, Long], _list.Find("key"));
    }

    [Fact]
    public void ContentThatIsGiven_ReplacesWhatItHasAllOf()
    {
        _list.TryAdd("key", "client", Short, besides: null);
        var added = _list.TryAdd("key", "client", Long, besides: [Short, Long])!;

        _list.Replace(added, [Short, Long]);

        Assert.Equal([Long], _list.Find("key"));
    }
}
