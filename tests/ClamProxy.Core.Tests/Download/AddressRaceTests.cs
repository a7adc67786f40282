using System.Net;
using System.Net.Sockets;
using ClamProxy.Core.Download.Connections;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Download;

public sealed class AddressRaceTests
{
    private static readonly IPAddress[] Addresses =
        [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"), IPAddress.Parse("192.0.2.3")];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<IPAddress, TaskCompletionSource<Stream>> _attempts = Addresses.ToDictionary(
        address => address, _ => new TaskCompletionSource<Stream>(TaskCreationOptions.RunContinuationsAsynchronously));

    private readonly Dictionary<IPAddress, TaskCompletionSource<CancellationToken>> _begun = Addresses.ToDictionary(
        address => address, _ => new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously));

    [Fact]
    public async Task SecondAddress_IsBegunWhenTheFirstHasNotAnsweredForAMomentAndTheLaterOneIsClosed()
    {
        var race = RunAsync();
        await BegunAsync(0);
        Assert.False(_begun[Addresses[1]].Task.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await BegunAsync(1);

        var late = new ClosedStream();
        _attempts[Addresses[1]].SetResult(new MemoryStream());
        var (_, winner, beaten) = await race.WaitAsync(Limit);
        _attempts[Addresses[0]].SetResult(late);

        Assert.Equal(Addresses[1], winner);
        Assert.Equal([Addresses[0]], beaten);
        await late.Closed.WaitAsync(Limit);
        Assert.True((await BegunAsync(0)).IsCancellationRequested);
        Assert.False(_begun[Addresses[2]].Task.IsCompleted);
    }

    [Fact]
    public async Task FirstAddressAnswersAfterTheSecondWasBegun_NobodyIsBeaten()
    {
        var race = RunAsync();
        await BegunAsync(0);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await BegunAsync(1);
        _attempts[Addresses[0]].SetResult(new MemoryStream());

        var (_, winner, beaten) = await race.WaitAsync(Limit);

        Assert.Equal(Addresses[0], winner);
        Assert.Empty(beaten);
    }

    [Fact]
    public async Task FailedAddress_IsFollowedAtOnceAndTheLastFailureIsTheAnswer()
    {
        var race = RunAsync();
        for (var i = 0; i < Addresses.Length; i++)
        {
            await BegunAsync(i);
            _attempts[Addresses[i]].SetException(new SocketException((int)SocketError.ConnectionRefused + i));
        }

        var failure = await Assert.ThrowsAsync<SocketException>(() => race.WaitAsync(Limit));

        Assert.Equal((int)SocketError.ConnectionRefused + 2, failure.ErrorCode);
    }

    [Fact]
    public async Task NobodyWaitsAnyMore_AllAttemptsAreCancelled()
    {
        using var left = new CancellationTokenSource();
        var race = RunAsync(left.Token);
        var attempt = await BegunAsync(0);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race.WaitAsync(Limit));
        Assert.True(attempt.IsCancellationRequested);
    }

    private Task<(Stream Stream, IPAddress Winner, IReadOnlyList<IPAddress> Beaten)> RunAsync(
        CancellationToken cancellationToken = default) =>
        new AddressRace(TimeSpan.FromMilliseconds(250), _time).RunAsync(
            Addresses,
            (address, ending) =>
            {
                _begun[address].SetResult(ending);
                return _attempts[address].Task;
            },
            cancellationToken);

    private Task<CancellationToken> BegunAsync(int place) => _begun[Addresses[place]].Task.WaitAsync(Limit);

    private sealed class ClosedStream : MemoryStream
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Closed => _closed.Task;

        protected override void Dispose(bool disposing)
        {
            _closed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
