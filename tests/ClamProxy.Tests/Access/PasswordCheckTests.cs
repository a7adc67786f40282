using System.Diagnostics;
using System.Text;
using ClamProxy.Access;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Access;

/// <summary>A slow hash must not become a way to keep the machine busy.</summary>
public sealed class PasswordCheckTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task RightPassword_IsDerivedOnceOnly()
    {
        var check = new PasswordCheck([Credential.Parse(Secrets.PasswordEntry)!], new AccessOptions(), TimeProvider.System);
        var first = Stopwatch.StartNew();
        Assert.Equal(AccessOutcome.Granted, await CheckAsync(check, "alice", Secrets.Password));
        var once = first.Elapsed;
        var again = Stopwatch.StartNew();

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(AccessOutcome.Granted, await CheckAsync(check, "alice", Secrets.Password));
        }

        // A hundred derivations take ten times as long, whatever the machine.
        Assert.InRange(again.Elapsed, TimeSpan.Zero, 10 * once);
        Assert.Equal(AccessOutcome.Wrong, await CheckAsync(check, "alice", "another"));
        Assert.Equal(AccessOutcome.Wrong, await CheckAsync(check, "bob", Secrets.Password));
    }

    [Fact]
    public async Task MoreGuessesThanMayWait_AreSentAwayAndTheRightOneStillPasses()
    {
        var check = new PasswordCheck([Credential.Parse(Secrets.PasswordEntry)!], new AccessOptions(), TimeProvider.System);
        await CheckAsync(check, "alice", Secrets.Password);

        var guesses = Enumerable.Range(0, 200).Select(guess => CheckAsync(check, "alice", $"guess {guess}")).ToList();
        Assert.Equal(AccessOutcome.Granted, await CheckAsync(check, "alice", Secrets.Password));
        var outcomes = await Task.WhenAll(guesses);

        Assert.DoesNotContain(AccessOutcome.Granted, outcomes);
        Assert.InRange(outcomes.Count(outcome => outcome == AccessOutcome.Wrong), 16, 60);
    }

    [Fact]
    public async Task SamePasswordManyTimesAtOnce_IsCheckedOnce()
    {
        var check = new PasswordCheck(
            [Credential.Parse(Secrets.PasswordEntry)!], new AccessOptions { MaxPasswordsPerClient = 1 }, TimeProvider.System);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CheckAsync(check, "alice", Secrets.Password)));

        Assert.All(outcomes, outcome => Assert.Equal(AccessOutcome.Granted, outcome));
    }

    [Fact]
    public async Task WaitThatIsTooLong_IsBusy()
    {
        var clock = FakeClock.Create();
        var check = new PasswordCheck(
            [Credential.Parse(Secrets.PasswordEntry)!], new AccessOptions { MaxPasswordsPerClient = 10_000, MaxPasswords = 10_000 }, clock);
        var guesses = Enumerable.Range(0, 500).Select(guess => CheckAsync(check, "alice", $"guess {guess}")).ToList();

        clock.Advance(new AccessOptions().PasswordWait);
        var outcomes = await Task.WhenAll(guesses);

        Assert.Contains(AccessOutcome.Busy, outcomes);
    }

    private static Task<AccessOutcome> CheckAsync(PasswordCheck check, string name, string password) =>
        check.CheckAsync("192.0.2.1", Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(password), Cancelled).AsTask();
}
