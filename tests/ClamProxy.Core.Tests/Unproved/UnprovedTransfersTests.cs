using System.Security.Cryptography;
using ClamProxy.Core.Download;
using ClamProxy.Core.Files;
using ClamProxy.Core.Unproved;
using ClamProxy.TestKit;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Tests.Unproved;

/// <summary>What is remembered of transfers whose bytes left before their verdict.</summary>
public sealed class UnprovedTransfersTests : IDisposable
{
    private const string Client = "192.0.2.1";
    private static readonly Target File = Target.TryCreate("http://example.org", "/file", out _)!;
    private static readonly Target Another = Target.TryCreate("http://example.org", "/another", out _)!;
    private static readonly byte[] Content = RandomBody.Of(1000);
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private readonly TestMeters _meters = new();
    private readonly ShiftedTimeProvider _clock = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task TransferUnderWay_FitsNothing()
    {
        var memory = Memory();
        await memory.TryBeginAsync(Client, File);

        Assert.Null(Assert.Single(await memory.FindAsync(Client, File, Cancelled)));
        Assert.True(await memory.HasAsync(Client, File, Cancelled));
        Assert.False(await memory.HasAsync(Client, Another, Cancelled));
        Assert.False(await memory.HasAsync("192.0.2.2", File, Cancelled));
    }

    [Theory]
    [InlineData(0, 10, true)]
    [InlineData(990, 10, true)]
    [InlineData(0, 1000, true)]
    [InlineData(991, 10, false)]
    public async Task TransferThatBroke_FitsAContentThatHasItsBytes(int start, int length, bool isIn)
    {
        var memory = Memory();
        var transfer = (await memory.TryBeginAsync(Client, File))!;
        await transfer.SettleAsync(new(start, length, Sha256(Content.AsSpan(start, Math.Min(length, Content.Length - start)))));

        var piece = Assert.Single(await memory.FindAsync(Client, File, Cancelled))!;
        using var same = new Bytes(Content);
        using var other = new Bytes([.. Content.Select(one => (byte)(one ^ 1))]);
        Assert.Equal(isIn, await piece.IsInAsync(same, Sha256(Content), Cancelled));
        Assert.Equal(isIn, await piece.IsInAsync(same, "", Cancelled));
        Assert.False(await piece.IsInAsync(other, "", Cancelled));
        Assert.Equal(piece, UnprovedPiece.Read(piece.Write()));
    }

    [Fact]
    public async Task TransferThatEndedWholeOrSentNothing_IsForgotten()
    {
        var memory = Memory();
        var whole = (await memory.TryBeginAsync(Client, File))!;
        var empty = (await memory.TryBeginAsync(Client, File))!;
        await whole.SettleAsync(new(0, 1000, Sha256(Content)));
        await whole.ForgetAsync();
        await empty.SettleAsync(new(0, 0, Sha256([])));
        await empty.ForgetAsync();

        Assert.Empty(await memory.FindAsync(Client, File, Cancelled));
        Assert.Equal(0, memory.Count);
    }

    [Fact]
    public async Task TransferThatBroke_IsForgottenWhenItsTimeIsOverAndOneUnderWayIsNot()
    {
        var memory = Memory();
        var broken = (await memory.TryBeginAsync(Client, File))!;
        await memory.TryBeginAsync(Client, Another);
        await broken.SettleAsync(new(0, 10, Sha256(Content.AsSpan(0, 10))));

        _clock.Advance(TimeSpan.FromHours(23));
        Assert.True(await memory.HasAsync(Client, File, Cancelled));
        _clock.Advance(TimeSpan.FromHours(2));

        Assert.False(await memory.HasAsync(Client, File, Cancelled));
        Assert.True(await memory.HasAsync(Client, Another, Cancelled));
    }

    [Theory]
    [InlineData(2, 100, 2)]
    [InlineData(100, 3, 3)]
    public async Task NoRoom_NothingMayBeginAndNothingIsDropped(int perClient, int inAll, int begun)
    {
        var memory = Memory(new UnprovedOptions { MaxPerClient = perClient, MaxEntries = inAll });
        for (var one = 0; one < begun; one++)
        {
            Assert.NotNull(await memory.TryBeginAsync(Client, File));
        }

        Assert.Null(await memory.TryBeginAsync(Client, File));
        Assert.Equal(inAll > begun, await memory.TryBeginAsync("192.0.2.2", File) is not null);
        Assert.Equal(begun, (await memory.FindAsync(Client, File, Cancelled)).Count);
        Assert.Equal(inAll > begun ? 1 : 2, _meters.Sum("clamproxy.unproved.held"));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData(null, null, true)]
    public async Task AddressesOfOneNetwork_AreOneClient(string? one, string? other, bool areSame)
    {
        var memory = Memory();
        await memory.TryBeginAsync(one, File);

        Assert.Equal(areSame, await memory.HasAsync(other, File, Cancelled));
    }

    [Fact]
    public async Task TransferThatEndsMeanwhile_IsWaitedFor()
    {
        var memory = Memory(new UnprovedOptions { SettleWithin = TimeSpan.FromMinutes(1) });
        var transfer = (await memory.TryBeginAsync(Client, File))!;

        var found = memory.FindAsync(Client, File, Cancelled).AsTask();
        Assert.False(found.IsCompleted);
        await transfer.SettleAsync(new(0, 1000, Sha256(Content)));

        Assert.NotNull(Assert.Single(await found));
    }

    private static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private UnprovedTransfers Memory(UnprovedOptions? options = null) =>
        new(options ?? new UnprovedOptions { SettleWithin = TimeSpan.Zero }, null, new UnprovedMetrics(_meters), _clock);

    private sealed class Bytes(byte[] bytes) : IContentReader
    {
        public long Length => bytes.Length;

        public SafeFileHandle? File => null;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            var count = (int)Math.Min(into.Length, bytes.Length - offset);
            bytes.AsMemory((int)offset, count).CopyTo(into);
            return new(count);
        }

        public void Dispose()
        {
        }
    }
}
