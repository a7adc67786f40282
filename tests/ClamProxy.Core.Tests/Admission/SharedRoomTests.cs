using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Tests.Admission;

public sealed class SharedRoomTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 33)]
    [InlineData(3, 25)]
    [InlineData(9, 10)]
    public void ClientsThatWantAll_LeaveAsMuchAsOneOfThemHas(int greedy, int each)
    {
        var room = new SharedRoom(100);
        var names = Enumerable.Range(0, greedy).Select(number => $"client {number}").ToList();

        // Turn by turn until nobody gets any more.
        while (names.Where(name => room.TryTake(name, 1) == RoomOutcome.Taken).ToList().Count > 0)
        {
        }

        Assert.InRange(room.InUse, greedy * (each - 1), greedy * (each + 1));
        Assert.Equal(RoomOutcome.ShareIsFull, room.TryTake(names[0], 1));
        Assert.Equal(RoomOutcome.Taken, room.TryTake("honest", 1));
    }

    [Fact]
    public void ManyClients_TogetherHaveTheWholeRoomAndNoMore()
    {
        var room = new SharedRoom(10);

        var answers = Enumerable.Range(0, 11).Select(number => room.TryTake($"client {number}", 1)).ToList();

        Assert.All(answers[..10], answer => Assert.Equal(RoomOutcome.Taken, answer));
        Assert.Equal(RoomOutcome.Full, answers[10]);
    }

    [Fact]
    public void OneClientsOwnBound_HoldsHoweverMuchIsFree()
    {
        var room = new SharedRoom(100, mostOfOne: 3);

        Assert.Equal(RoomOutcome.Taken, room.TryTake("client", 3));
        Assert.Equal(RoomOutcome.ShareIsFull, room.TryTake("client", 1));
        room.Return("client", 1);
        Assert.Equal(RoomOutcome.Taken, room.TryTake("client", 1));
    }

    [Theory]
    [InlineData(25, 25)]
    [InlineData(75, 75)]
    [InlineData(100, 100)]
    public void Share_IsThePartThatAClientAloneGets(int share, int most)
    {
        var room = new SharedRoom(100, share: share);
        while (room.TryTake("client", 1) == RoomOutcome.Taken)
        {
        }

        Assert.Equal(most, room.InUse);
    }

    [Fact]
    public void OnlyWorkOfAClient_MayHaveAllTheRoomAndASecondOneNot()
    {
        var room = new SharedRoom(100);

        Assert.Equal(RoomOutcome.Taken, room.TryTake("client", 40));
        Assert.Equal(RoomOutcome.Taken, room.TryTake("client", 40, ofSameWork: 40));
        Assert.Equal(RoomOutcome.ShareIsFull, room.TryTake("client", 1));
        Assert.Equal(RoomOutcome.Taken, room.TryTake("client", 20, ofSameWork: 80));
    }

    [Fact]
    public void NobodyInParticular_HasNoShareToKeepTo()
    {
        var room = new SharedRoom(10, mostOfOne: 1);

        Assert.Equal(RoomOutcome.Taken, room.TryTake(null, 10));
        Assert.Equal(RoomOutcome.Full, room.TryTake(null, 1));
        room.Return(null, 10);

        Assert.Equal((0, 0), (room.InUse, room.Clients));
    }

    [Fact]
    public void WhatMovesToAnother_IsReturnedByThatOneAndLeavesNothingBehind()
    {
        var room = new SharedRoom(10, mostOfOne: 4);
        room.TryTake("one", 4);
        room.TryTake("other", 1);

        room.Move("one", "other", 4);

        Assert.Equal(RoomOutcome.ShareIsFull, room.TryTake("other", 1));
        Assert.Equal(RoomOutcome.Taken, room.TryTake("one", 1));
        room.Return("other", 5);
        room.Return("one", 1);
        Assert.Equal((0, 0), (room.InUse, room.Clients));
    }

    [Fact]
    public void Spare_IsWhatLeavesHalfOfAllAndHalfOfWhatTheClientMayHave()
    {
        var room = new SharedRoom(100, mostOfOne: 40);

        Assert.True(room.HasSpare("one", 20));
        Assert.False(room.HasSpare("one", 21));
        room.TryTake("one", 20);
        Assert.False(room.HasSpare("one", 1));
        Assert.True(room.HasSpare("other", 20));
        room.TryTake("other", 30);
        Assert.False(room.HasSpare("third", 1));
        Assert.False(room.HasSpare(null, 1));
        room.Return("other", 30);
        Assert.True(room.HasSpare(null, 30));
        Assert.False(new SharedRoom(1).HasSpare("one", 1));
    }

    [Fact]
    public void Spare_OfARoomWithoutBounds_IsThereAlways()
    {
        var room = new SharedRoom(long.MaxValue, share: 100);
        room.TryTake("one", 1000);

        Assert.True(room.HasSpare("one", 1));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8::1", "2001:db8::/64")]
    [InlineData("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64")]
    [InlineData("2001:db8::/64", "2001:db8::/64")]
    [InlineData("somebody", "somebody")]
    public void Client_IsItsAddressOrItsNetworkOfIpv6(string client, string network) => Assert.Equal(network, ClientNetwork.Of(client));
}
