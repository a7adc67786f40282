using System.Text;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Deliveries;

/// <summary>Who took what is kept, within its bounds.</summary>
public sealed class DeliveryRecordTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Delivery_IsFoundByItsContent()
    {
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync();
        var began = rig.Clock.GetUtcNow();
        var delivery = rig.Delivery();
        rig.Clock.Advance(TimeSpan.FromSeconds(3));

        await record.AddAsync(delivery);
        await record.AddAsync(rig.Delivery("another"));

        var takers = await record.FindAsync(RecordRig.Hash("file"), None);
        Assert.Equal((1, 1, null), (takers.Rows, takers.Clients, takers.Signature));
        Assert.Equal(
            new Taker("10.0.0.7", "ci", "https://h/a", "proxy", Verdict.Clean, began, began.AddSeconds(3), 1, 5, "abc-1"),
            Assert.Single(takers.Some));
        Assert.Empty((await record.FindAsync(RecordRig.Hash("nobody's"), None)).Some);
    }

    [Fact]
    public async Task Recall_WaitsForNoWriteOfOtherContents()
    {
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync();
        await record.AddAsync(rig.Delivery());
        await record.WriteAsync();
        using (rig.Lock())
        {
            await record.AddAsync(rig.Delivery("another"));
            var writing = record.WriteAsync();

            var takers = await record.FindAsync(RecordRig.Hash("file"), CancellationToken.None);

            Assert.Equal((1, false), (takers.Rows, writing.IsCompleted));
        }
    }

    [Fact]
    public async Task RecallOfWhatIsBeingWritten_HasIt()
    {
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync();
        Task<Takers> asked;
        using (rig.Lock())
        {
            await record.AddAsync(rig.Delivery());
            _ = record.WriteAsync();
            asked = record.FindAsync(RecordRig.Hash("file"), CancellationToken.None);
        }

        Assert.Equal(1, (await asked).Rows);
    }

    [Fact]
    public async Task Record_OutlivesItsProcess()
    {
        await using var rig = new RecordRig();
        var first = await rig.OpenAsync();
        await first.AddAsync(rig.Delivery());
        await rig.CloseAsync(first);

        var second = await rig.OpenAsync();

        Assert.Single((await second.FindAsync(RecordRig.Hash("file"), None)).Some);
    }

    [Fact]
    public async Task AlikeDeliveries_AreOneRow()
    {
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync();
        var began = rig.Clock.GetUtcNow();
        await record.AddAsync(rig.Delivery());
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await record.AddAsync(rig.Delivery() with { RequestId = "abc-2" });
        await record.FindAsync(RecordRig.Hash("file"), None);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await record.AddAsync(rig.Delivery() with { RequestId = "abc-3" });
        await record.AddAsync(rig.Delivery(client: "10.0.0.8"));

        var takers = await record.FindAsync(RecordRig.Hash("file"), None);

        Assert.Equal((2, 2), (takers.Rows, takers.Clients));
        Assert.Contains(
            new Taker("10.0.0.7", "ci", "https://h/a", "proxy", Verdict.Clean, began, began.AddMinutes(2), 3, 15, "abc-3"), takers.Some);
    }

    [Fact]
    public async Task ContentOfTheSameBeginning_IsAnother()
    {
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync();
        var other = RecordRig.Hash("file")[..32] + RecordRig.Hash("another")[32..];
        await record.AddAsync(rig.Delivery() with { Sha256 = other });

        Assert.Empty((await record.FindAsync(RecordRig.Hash("file"), None)).Some);
        Assert.Single((await record.FindAsync(other, None)).Some);
    }

    [Fact]
    public async Task NoFolder_NoRecord()
    {
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync(new DeliveryOptions());

        await record.AddAsync(rig.Delivery());

        Assert.False(record.IsOn);
        Assert.Empty((await record.FindAsync(RecordRig.Hash("file"), None)).Some);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void KeptForNoTime_IsOff(int days, bool isOn) =>
        Assert.Equal(isOn, new DeliveryOptions { DataPath = "/data", KeepFor = TimeSpan.FromDays(days) }.IsOn);

    [Theory]
    [InlineData("redis://h", "", false, null)]
    [InlineData("redis://h", "/keys", true, null)]
    [InlineData("redis://h", "/keys", false, "Path")]
    [InlineData("redis://h", "", true, "Path")]
    [InlineData("http://u:secret@h", "", false, "Url")]
    public void RecordOfManyMachines_SaysWhatItNeeds(string url, string path, bool isHashed, string? wrong)
    {
        var problems = new DeliveryOptions { Url = url, Path = path, Hashed = isHashed }.Problems().ToList();

        Assert.Equal(wrong, problems.SingleOrDefault()?.Property);
        Assert.DoesNotContain(problems, problem => $"{problem}".Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FolderThatIsNone_StopsTheStartUnlessItIsDataPaths()
    {
        await using var rig = new RecordRig();
        Directory.CreateDirectory(Path.GetDirectoryName(rig.Folder)!);
        await File.WriteAllTextAsync(rig.Folder, "a file");

        var failure = await Assert.ThrowsAsync<IOException>(() => rig.OpenAsync());
        var record = await rig.OpenAsync(new DeliveryOptions { DataPath = Path.GetDirectoryName(rig.Folder)! });

        Assert.Contains("RECORD_PATH", failure.Message, StringComparison.Ordinal);
        Assert.False(record.IsOn);
        Assert.Contains(rig.Log.GetSnapshot(), line => line.Id.Id == 9104);
    }

    [Fact]
    public async Task OldRows_Go()
    {
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync();
        await record.AddAsync(rig.Delivery("old"));
        await record.FindAsync(RecordRig.Hash("old"), None);
        rig.Clock.Advance(TimeSpan.FromDays(20));
        await record.AddAsync(rig.Delivery("new"));
        await record.FindAsync(RecordRig.Hash("new"), None);
        rig.Clock.Advance(TimeSpan.FromDays(20));

        await record.TrimAsync(0);

        Assert.Empty((await record.FindAsync(RecordRig.Hash("old"), None)).Some);
        Assert.Single((await record.FindAsync(RecordRig.Hash("new"), None)).Some);
    }

    [Fact]
    public async Task TooManyRows_TheOldestGoAndTheFileStaysWithinItsBound()
    {
        const long Size = 1 << 20;
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync(rig.Options(size: Size));
        for (var round = 0; round < 10; round++)
        {
            for (var number = 0; number < 1000; number++)
            {
                await record.AddAsync(rig.Delivery($"{round} {number}", url: $"https://h/{round}/{number}/{new string('a', 100)}"));
            }

            await record.TrimAsync((await record.WriteAsync()).GetValueOrDefault());
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty((await record.FindAsync(RecordRig.Hash("0 0"), None)).Some);
        Assert.Single((await record.FindAsync(RecordRig.Hash("9 999"), None)).Some);
        await rig.CloseAsync(record);
        Assert.True(new FileInfo(rig.File).Length < 2 * Size, $"{new FileInfo(rig.File).Length} bytes");
    }

    [Fact]
    public async Task NoRoom_IsCountedWhereNobodyMayWait()
    {
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync(rig.Options(maxPending: 2, waitFor: TimeSpan.Zero), TimeProvider.System);
        using (rig.Lock())
        {
            for (var number = 0; number < 10; number++)
            {
                await record.AddAsync(rig.Delivery(client: $"10.0.0.{number}")).AsTask().WaitAsync(RecordRig.Limit);
            }
        }

        var kept = (await record.FindAsync(RecordRig.Hash("file"), None)).Rows;
        Assert.InRange(kept, 2, 4);
        Assert.Equal(10, kept + rig.Meters.Sum("clamproxy.deliveries.dropped"));
    }

    [Fact]
    public async Task NoRoom_IsWaitedFor()
    {
        await using var rig = new RecordRig();
        var record = await rig.OpenAsync(rig.Options(maxPending: 2, waitFor: TimeSpan.FromMinutes(1)), TimeProvider.System);
        var added = new List<Task>();
        using (rig.Lock())
        {
            for (var number = 0; number < 10; number++)
            {
                added.Add(record.AddAsync(rig.Delivery(client: $"10.0.0.{number}")).AsTask());
            }

            Assert.Contains(added, one => !one.IsCompleted);
        }

        await Task.WhenAll(added).WaitAsync(RecordRig.Limit);
        Assert.Equal(10, (await record.FindAsync(RecordRig.Hash("file"), None)).Rows);
        Assert.Equal(0, rig.Meters.Sum("clamproxy.deliveries.dropped"));
    }

    [Fact]
    public async Task HashedNames_GroupAndAreNotKept()
    {
        await using var rig = new RecordRig();
        var first = await rig.OpenAsync(rig.Options(hashed: true));
        await first.AddAsync(rig.Delivery());
        await rig.CloseAsync(first);
        var second = await rig.OpenAsync(rig.Options(hashed: true));
        await second.AddAsync(rig.Delivery());
        await second.AddAsync(rig.Delivery(client: "10.0.0.8"));

        var takers = await second.FindAsync(RecordRig.Hash("file"), None);

        Assert.Equal((2, 2), (takers.Rows, takers.Clients));
        Assert.Equal([2, 1], takers.Some.Select(taker => taker.Times).OrderDescending());
        Assert.All(takers.Some, taker => Assert.Matches("^hmac:[0-9a-f]{32}$", taker.Client));
        await rig.CloseAsync(second);
        Assert.DoesNotContain("10.0.0.", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(rig.File)), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(rig.Folder, "names.key")));
    }

    [Fact]
    public void RowsThatCouldNotBeWritten_AreAddedToThoseThatCame()
    {
        var pending = new PendingDeliveries(2);
        var taker = new Taker("a", null, "u", "proxy", Verdict.Clean, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 1, 5, "1");
        Assert.True(pending.TryAdd("x", taker));
        var rows = pending.Take();
        Assert.True(pending.TryAdd("x", taker with { RequestId = "2" }));
        Assert.True(pending.TryAdd("y", taker));

        pending.PutBack(rows);

        Assert.False(pending.TryAdd("z", taker));
        Assert.True(pending.Full.IsCompleted);
        var all = pending.Take();
        Assert.Equal(2, all.Count);
        Assert.Equal((2, 10, "2"), (all.Values.First().Times, all.Values.First().Bytes, all.Values.First().RequestId));
    }
}
