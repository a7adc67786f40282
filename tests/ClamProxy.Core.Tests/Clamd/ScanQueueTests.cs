using System.Globalization;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>Whose turn it is, without scanners.</summary>
public sealed class ScanQueueTests
{
    private readonly ScanQueue _queue = new();
    private readonly Dictionary<ScanWaiter, string> _names = [];

    [Fact]
    public void OneClientHasAHundred_AnotherOneWaitsOneTurn()
    {
        for (var number = 0; number < 100; number++)
        {
            Add($"a{number}");
        }

        Add("b0");
        Assert.Equal(["a0", "b0", "a1"], Served(3));
    }

    [Fact]
    public void ThreeClients_TakeTurnsEachInItsOwnOrder()
    {
        foreach (var name in (string[])["a0", "a1", "a2", "b0", "b1", "c0"])
        {
            Add(name);
        }

        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "a2"], Served(6));
        Assert.Null(_queue.Next);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void NobodyInParticular_IsServedInOrderOfArrival()
    {
        foreach (var name in (string[])["-0", "-1", "-2", "-3"])
        {
            Add(name);
        }

        Assert.Equal(["-0", "-1", "-2", "-3"], Served(4));
    }

    [Fact]
    public void ClientThatComesAgainAndAgain_DoesNotPassOneThatWaits()
    {
        Add("a0");
        Add("b0");
        Assert.Equal(["a0"], Served(1));
        Add("a1");
        Assert.Equal(["b0", "a1"], Served(2));
    }

    [Fact]
    public void RoomForSmallOnesAlone_SmallOnesPassInTurnAndLargeOnesKeepTheirPlaces()
    {
        foreach (var name in (string[])["A0", "a1", "B0", "c0", "a2", "c1"])
        {
            Add(name);
        }

        Assert.Equal(["a1", "c0", "a2"], Served(3, smallAlone: true));
        Assert.Equal(["B0", "c1", "A0"], Served(3));
    }

    [Fact]
    public void SomeLeave_TheOthersKeepTheirOrder()
    {
        var waiters = ((string[])["a0", "a1", "b0", "b1", "c0"]).Select(name => Add(name)).ToList();
        _queue.Withdraw(waiters[0]);
        _queue.Withdraw(waiters[2]);
        _queue.Withdraw(waiters[4]);
        Assert.Equal(2, _queue.Count);
        Assert.Equal(["a1", "b1"], Served(2));
    }

    [Fact]
    public void OneTooMany_TheNewestOfTheClientWithTheMostGoes()
    {
        foreach (var name in (string[])["a0", "A1", "a2", "b0"])
        {
            Add(name);
        }

        Assert.Equal("a2", _names[_queue.Surplus(Add("b1"))]);
        Assert.Equal("a2", _names[_queue.Surplus(Add("c0"))]);
        Assert.Equal("b2", _names[_queue.Surplus(Add("b2"))]);
    }

    [Fact]
    public void ManyClientsComeLeaveAndAreServed_NobodyIsPassedTwiceByTheSame()
    {
        var random = new Random(1);
        var waiting = new List<ScanWaiter>();
        var passed = new Dictionary<(ScanWaiter Waiter, string By), int>();
        for (var step = 0; step < 20_000; step++)
        {
            var dice = random.Next(waiting.Count > 50 ? 2 : 3);
            if (dice == 2)
            {
                waiting.Add(Add($"{(char)('a' + random.Next(8))}{step}"));
            }
            else if (waiting.Count > 0 && dice == 1 && random.Next(4) == 0)
            {
                Leave(waiting[random.Next(waiting.Count)]);
            }
            else if (_queue.Next is { } next)
            {
                ServeAndCheck(next);
            }

            Assert.Equal(waiting.Count, _queue.Count);
        }

        void Leave(ScanWaiter waiter)
        {
            waiting.Remove(waiter);
            _queue.Withdraw(waiter);
        }

        // Only who is its client's first can be passed unfairly.
        void ServeAndCheck(ScanWaiter next)
        {
            Assert.Equal(waiting.First(waiter => ClientOf(waiter) == ClientOf(next)), next);
            foreach (var first in waiting.GroupBy(ClientOf).Select(client => client.First()).Where(first => first != next))
            {
                passed[(first, ClientOf(next))] = passed.GetValueOrDefault((first, ClientOf(next))) + 1;
                Assert.InRange(passed[(first, ClientOf(next))], 1, 1);
            }

            waiting.Remove(next);
            _queue.Serve(next);
        }
    }

    [Fact]
    public void LastOfALongLine_IsServedInTheTurnOfAnotherThatWantsItToo()
    {
        var waiters = Enumerable.Range(0, 100).Select(number => Add($"a{number}")).ToList();

        _queue.Join(waiters[99], "b");

        Assert.Equal(["a0", "a99", "a1"], Served(3));
        Assert.Equal(97, _queue.Count);
    }

    [Fact]
    public void WantedByAnotherBeforeItWaits_StandsInBothLines()
    {
        for (var number = 0; number < 10; number++)
        {
            Add($"a{number}");
        }

        Add("a10", "b");
        Add("b0");

        Assert.Equal(["a0", "a10", "a1", "b0", "a2"], Served(5));
    }

    [Fact]
    public void OtherClientLeaves_OnlyThoseThatStayCount()
    {
        var waiters = Enumerable.Range(0, 4).Select(number => Add($"a{number}")).ToList();
        _queue.Join(waiters[3], "b");
        _queue.Join(waiters[2], "c");
        _queue.Part(waiters[3], "b");
        _queue.Part(waiters[2], "a");

        Assert.Equal(["a0", "a2", "a1", "a3"], Served(4));
        Assert.Null(_queue.Next);
    }

    [Fact]
    public void ServedInOnesTurn_TheOtherKeepsItsPlace()
    {
        var waiters = ((string[])["a0", "a1", "b0", "c0"]).Select(name => Add(name)).ToList();
        _queue.Join(waiters[0], "b");

        Assert.Equal(["a0", "b0", "c0", "a1"], Served(4));
    }

    [Fact]
    public void OneTooMany_WhatAClientWithFewWantsTooIsKept()
    {
        var waiters = ((string[])["a0", "a1", "a2", "a3"]).Select(name => Add(name)).ToList();
        _queue.Join(waiters[3], "b");

        Assert.Equal("a2", _names[_queue.Surplus(Add("c0"))]);
        Assert.Equal("a2", _names[_queue.Surplus(Add("a4", "b"))]);
    }

    [Fact]
    public void LargeAndSmallOfSeveralClients_SmallOnesPassInTheTurnOfEither()
    {
        var waiters = ((string[])["A0", "a1", "B0"]).Select(name => Add(name)).ToList();
        _queue.Join(waiters[1], "b");

        Assert.Equal(["a1"], Served(5, smallAlone: true));
        Assert.Equal(["B0", "A0"], Served(5));
    }

    private static string ClientOf(ScanWaiter waiter) => waiter.Places.Keys.Single();

    /// <summary>A name is its client's letter, upper case for a large content, and a number.</summary>
    private ScanWaiter Add(string name, params string[] others)
    {
        var client = name[..1].ToLower(CultureInfo.InvariantCulture);
        var source = ClamdRig.Content([]) with { Client = client == "-" ? null : client };
        var waiter = new ScanWaiter(source, char.IsUpper(name[0]), []);
        foreach (var other in others)
        {
            _queue.Join(waiter, other);
        }

        _names.Add(waiter, name);
        _queue.Add(waiter);
        return waiter;
    }

    private List<string> Served(int count, bool smallAlone = false)
    {
        var served = new List<string>();
        for (var turn = 0; turn < count && (smallAlone ? _queue.NextSmall : _queue.Next) is { } next; turn++)
        {
            _queue.Serve(next);
            served.Add(_names[next]);
        }

        return served;
    }
}
