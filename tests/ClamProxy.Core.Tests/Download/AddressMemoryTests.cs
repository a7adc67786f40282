using System.Net;
using ClamProxy.Core.Download.Connections;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Download;

public sealed class AddressMemoryTests
{
    private static readonly IPAddress[] Addresses =
        [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"), IPAddress.Parse("192.0.2.3")];

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void AddressThatFailed_IsLastForAWhileForItsHostAndPort()
    {
        var memory = new AddressMemory(TimeSpan.FromMinutes(10), _time);
        memory.Failed("a.test", 80, Addresses[0]);

        Assert.Equal([Addresses[1], Addresses[2], Addresses[0]], memory.InOrder("a.test", 80, Addresses));
        Assert.Equal(Addresses, memory.InOrder("a.test", 443, Addresses));
        Assert.Equal(Addresses, memory.InOrder("b.test", 80, Addresses));

        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(Addresses, memory.InOrder("a.test", 80, Addresses));
    }

    [Fact]
    public void AddressThatFailsAgain_IsLastFromThenOn()
    {
        var memory = new AddressMemory(TimeSpan.FromMinutes(10), _time);
        memory.Failed("a.test", 80, Addresses[0]);
        _time.Advance(TimeSpan.FromMinutes(9));
        memory.Failed("a.test", 80, Addresses[0]);
        _time.Advance(TimeSpan.FromMinutes(9));

        Assert.True(memory.HasFailed("a.test", 80, Addresses[0]));
    }

    [Fact]
    public void MoreAddressesThanAreRemembered_PushTheOldestOut()
    {
        var memory = new AddressMemory(TimeSpan.FromMinutes(10), _time);
        for (var i = 0; i <= 4096; i++)
        {
            memory.Failed($"{i}.test", 80, Addresses[0]);
        }

        Assert.False(memory.HasFailed("0.test", 80, Addresses[0]));
        Assert.True(memory.HasFailed("1.test", 80, Addresses[0]));
        Assert.True(memory.HasFailed("4096.test", 80, Addresses[0]));
    }
}
