using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Intake;
using ClamProxy.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Intake;

/// <summary>Any content gets into a spool file one way, and within bounds.</summary>
public sealed class ContentIntakeTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly byte[] _content = RandomBody.Of(300_000);
    private readonly TempSpool _spool = new(maxFileSize: 400_000, diskTotal: 500_000);
    private readonly FakeTimeProvider _clock = FakeClock.Create();

    public void Dispose() => _spool.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_IsSpooledAndHashed(bool isAnnounced) =>
        await AssertTakenAsync(
            await Intake().TakeAsync(
                new MemoryStream(_content), new IntakeTerms(isAnnounced ? _content.Length : null), CancellationToken.None));

    [Fact]
    public async Task Chunks_AreSpooledAndHashed() =>
        await AssertTakenAsync(await Intake().TakeAsync(Chunks(_content, 7_001), new IntakeTerms(null), CancellationToken.None));

    [Theory]
    [InlineData(299_999)]
    [InlineData(300_001)]
    public async Task OtherLengthThanAnnounced_IsNotTaken(int announced) =>
        await AssertNotTakenAsync(
            FailureReason.BodyBroken, Intake().TakeAsync(new MemoryStream(_content), new IntakeTerms(announced), CancellationToken.None));

    [Fact]
    public async Task BodyThatBreaksOff_IsNotTaken() =>
        await AssertNotTakenAsync(FailureReason.BodyBroken, Intake().TakeAsync(Broken(), new IntakeTerms(null), CancellationToken.None));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TooLarge_IsNotTaken(bool isAnnounced)
    {
        var content = new byte[400_001];
        await AssertNotTakenAsync(
            FailureReason.TooLarge,
            Intake().TakeAsync(new MemoryStream(content), new IntakeTerms(isAnnounced ? content.Length : null), CancellationToken.None));
    }

    [Fact]
    public async Task TooLargeThatMayPassUnscanned_IsTaken()
    {
        var taken = await Intake().TakeAsync(
            new MemoryStream(new byte[400_001]), new IntakeTerms(400_001, TakesAnySize: true), CancellationToken.None);
        Assert.IsType<IntakeResult.Taken>(taken).File.Dispose();
    }

    [Fact]
    public async Task NoRoom_IsNotTaken()
    {
        using var first = Assert.IsType<IntakeResult.Taken>(
            await Intake().TakeAsync(new MemoryStream(_content), new IntakeTerms(null), CancellationToken.None)).File;
        var second = await Intake().TakeAsync(new MemoryStream(_content), new IntakeTerms(null), CancellationToken.None);
        Assert.Equal(FailureReason.SpoolFull, Assert.IsType<IntakeResult.NotTaken>(second).Failure.Reason);
    }

    /// <summary>A client that stalls gives its room back in time.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientThatStalls_IsGivenUp(bool isChunked)
    {
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taking = isChunked
            ? Intake().TakeAsync(StallingAsync(stalled), new IntakeTerms(null), CancellationToken.None)
            : Intake().TakeAsync(new Stalling(stalled), new IntakeTerms(null), CancellationToken.None);
        await stalled.Task.WaitAsync(Limit);

        _clock.Advance(TimeSpan.FromSeconds(31));

        await AssertNotTakenAsync(FailureReason.BodyTimedOut, taking);
    }

    /// <summary>A byte each 20 s is no silence, and yet too slow.</summary>
    [Fact]
    public async Task ClientThatDrips_IsGivenUp() =>
        await AssertNotTakenAsync(
            FailureReason.BodyTimedOut,
            Intake().TakeAsync(new Dripping(_clock, TimeSpan.FromSeconds(20)), new IntakeTerms(null), CancellationToken.None));

    [Fact]
    public async Task BodyThatNeverEnds_IsGivenUp() => await AssertNotTakenAsync(
        FailureReason.BodyTimedOut,
        Intake(new IntakeOptions { MinRate = 0 }).TakeAsync(
            new Dripping(_clock, TimeSpan.FromSeconds(20)), new IntakeTerms(null), CancellationToken.None));

    [Fact]
    public async Task ClientThatLeaves_EndsItAndLeavesNothing()
    {
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = new CancellationTokenSource();
        var taking = Intake().TakeAsync(StallingAsync(stalled), new IntakeTerms(null), leaving.Token);
        await stalled.Task.WaitAsync(Limit);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking.WaitAsync(Limit));
        Assert.Equal((0, 0), (_spool.Folder.Disk.InUse, _spool.Folder.Memory.InUse));
    }

    /// <summary>Before its first byte, while it comes, once it is whole and where its file is gone.</summary>
    [Fact]
    public async Task Progress_ShowsWhatIsHere()
    {
        var progress = new IntakeProgress();
        var seen = new List<(long Received, int Peeked)>();
        var buffer = new byte[_content.Length];
        seen.Add((progress.Received, progress.Peek(0, buffer)));

        var taken = await Intake().TakeAsync(
            LookingAsync(), new IntakeTerms(_content.Length, Progress: progress), CancellationToken.None);
        seen.Add((progress.Received, progress.Peek(0, buffer)));
        Assert.Equal(_content, buffer);
        Assert.IsType<IntakeResult.Taken>(taken).File.Dispose();
        seen.Add((progress.Received, progress.Peek(0, buffer)));

        Assert.Equal([(0, 0), (0, 0), (200_000, 200_000), (300_000, 300_000), (300_000, 0)], seen);

        async IAsyncEnumerable<ReadOnlyMemory<byte>> LookingAsync()
        {
            await foreach (var chunk in Chunks(_content, 200_000))
            {
                seen.Add((progress.Received, progress.Peek(0, buffer)));
                yield return chunk;
            }
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Chunks(byte[] content, int size)
    {
        for (var at = 0; at < content.Length; at += size)
        {
            await Task.Yield();
            yield return content.AsMemory(at, Math.Min(size, content.Length - at));
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Broken()
    {
        yield return new byte[100];
        await Task.Yield();
        throw new IOException("the connection was reset");
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> StallingAsync(
        TaskCompletionSource stalled, [EnumeratorCancellation] CancellationToken end = default)
    {
        yield return new byte[100];
        stalled.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, end);
    }

    private ContentIntake Intake(IntakeOptions? options = null) => new(_spool.Folder, options ?? new IntakeOptions(), _clock);

    private async Task AssertTakenAsync(IntakeResult result)
    {
        using var file = Assert.IsType<IntakeResult.Taken>(result).File;
        Assert.Equal(_content.Length, file.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_content)), await file.Sha256);
        using var reader = file.OpenReader();
        var read = new byte[_content.Length];
        Assert.Equal(read.Length, await reader.ReadAsync(0, read, CancellationToken.None));
        Assert.Equal(_content, read);
    }

    private async Task AssertNotTakenAsync(FailureReason reason, Task<IntakeResult> taking)
    {
        Assert.Equal(reason, Assert.IsType<IntakeResult.NotTaken>(await taking.WaitAsync(Limit)).Failure.Reason);
        Assert.Equal((0, 0), (_spool.Folder.Disk.InUse, _spool.Folder.Memory.InUse));
        Assert.Empty(Directory.GetFileSystemEntries(_spool.Path));
    }

    private sealed class Stalling(TaskCompletionSource stalled) : AsyncReadStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            stalled.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }

    private sealed class Dripping(FakeTimeProvider clock, TimeSpan pause) : AsyncReadStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            clock.Advance(pause);
            return new(cancellationToken.IsCancellationRequested ? 0 : 1);
        }
    }
}
