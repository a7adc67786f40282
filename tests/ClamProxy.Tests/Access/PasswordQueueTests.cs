using System.Globalization;
using ClamProxy.Access;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Access;

/// <summary>Whose password is checked next, and who goes when too many wait.</summary>
public sealed class PasswordQueueTests
{
    [Fact]
    public void Clients_TakeTurns()
    {
        var queue = new PasswordQueue(100, 100);
        Add(queue, "a1", "a2", "a3", "b1", "c1", "b2");

        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3"], Drain(queue));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void ClientsThatGaveAWrongPassword_ComeLast()
    {
        var queue = new PasswordQueue(100, 100);
        Add(queue, "a1", "b1", "c1", "a2");

        Assert.Equal(["c1", "a1", "b1", "a2"], Drain(queue, "a", "b"));
    }

    [Fact]
    public void OneMoreThanAClientMayHave_IsTheOneThatGoes()
    {
        var queue = new PasswordQueue(100, 2);

        Assert.Equal(["a3"], Add(queue, "a1", "a2", "b1", "a3"));
        Assert.Equal(3, queue.Count);
    }

    [Fact]
    public void OneMoreThanAllMayHave_TakesThePlaceOfAClientWithMore()
    {
        var queue = new PasswordQueue(3, 100);

        Assert.Equal(["a2", "d1"], Add(queue, "a1", "a2", "b1", "c1", "d1"));
        Assert.Equal(["a1", "b1", "c1"], Drain(queue));
    }

    [Fact]
    public void OneMoreThanAllMayHave_TakesThePlaceOfAClientThatGaveAWrongPassword()
    {
        var queue = new PasswordQueue(3, 100);
        Add(queue, "a1", "b1", "c1");

        Assert.Equal("c1", Name(queue.Add(Waiter("d1"), client => client == "c")));
        Assert.Equal("e1", Name(queue.Add(Waiter("e1"), client => client == "e")));
    }

    [Fact]
    public void WrongPasswords_AreForgottenAndBounded()
    {
        var clock = FakeClock.Create();
        var wrong = new RecentPasswordFailures(TimeSpan.FromMinutes(1), 2, clock);
        wrong.Add("a");
        wrong.Add("b");
        wrong.Add("c");

        Assert.Equal([false, true, true], ((string[])["a", "b", "c"]).Select(wrong.Contain));
        wrong.Remove("c");
        Assert.False(wrong.Contain("c"));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(wrong.Contain("b"));
    }

    /// <returns>Those that had to go.</returns>
    private static List<string?> Add(PasswordQueue queue, params string[] names) =>
        [.. names.Select(name => Name(queue.Add(Waiter(name), _ => false))).Where(gone => gone is not null)];

    private static List<string?> Drain(PasswordQueue queue, params string[] wrongdoers)
    {
        var order = new List<string?>();
        while (queue.TakeNext(wrongdoers.Contains) is { } next)
        {
            order.Add(Name(next));
        }

        return order;
    }

    /// <summary>A client's password, by a letter and a digit.</summary>
    private static PasswordWaiter Waiter(string name) => new(name[..1], int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture), [], []);

    private static string? Name(PasswordWaiter? waiter) => waiter is null ? null : $"{waiter.Client}{waiter.Whose}";
}
