using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>What one scanner may say or fail to say, and that nothing of it is taken for clean.</summary>
public sealed class ClamdConversationTests
{
    private const int Patience = 30_000;

    public static TheoryData<string, ScanOutcome> Replies => new()
    {
        { "stream: OK\0", ScanOutcome.Clean },
        { "stream: Win.OK FOUND\0", ScanOutcome.Found },
        { "INSTREAM size limit exceeded. ERROR\0", ScanOutcome.TooLarge },
        { "stream: Heuristics.Encrypted.Zip FOUND\0", ScanOutcome.Encrypted },
        { "stream: Heuristics.Limits.Exceeded.MaxFiles FOUND\0", ScanOutcome.EngineLimit },
        { "Error writing to temporary file ERROR\0", ScanOutcome.Error },
        { "stream: OK FOUND\0", ScanOutcome.Found },
        { "stream: stream: OK FOUND\0", ScanOutcome.Found },
        { "UNKNOWN COMMAND\0", ScanOutcome.Error },
        { "COMMAND UNAVAILABLE\0", ScanOutcome.Error },
        { "COMMAND READ TIMED OUT\n", ScanOutcome.Unavailable },
        { "", ScanOutcome.Unavailable },
        { "stream: O", ScanOutcome.Unavailable },
        { "stream: OK", ScanOutcome.Unavailable },
        { "stream: OK\n", ScanOutcome.Unavailable },
        { "stream: OK\0\n", ScanOutcome.Unavailable },
        { "stream: OK\0stream: X FOUND\0", ScanOutcome.Unavailable },
        { "fd[7]: OK\0", ScanOutcome.Unavailable },
        { "HTTP/1.1 200 OK\r\n\r\n", ScanOutcome.Unavailable },
    };

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Replies))]
    public async Task Reply_HasItsOutcomeWholeAndAByteAtATime(string reply, ScanOutcome outcome)
    {
        foreach (var isSlow in new[] { false, true })
        {
            await using var clamd = FakeClamd.OnTcp();
            await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
            clamd.OnContent = (connection, _) => connection.ReplyAsync(reply);
            clamd.IsSlow = isSlow;
            var report = await rig.ScanAsync([1, 2, 3]);
            Assert.Equal(outcome, report.Outcome);
            Assert.NotEmpty(report.Detail);
        }
    }

    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_000)]
    public async Task Content_ArrivesAsItIs(int length)
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var content = new byte[length];
        new Random(length).NextBytes(content);
        var report = await rig.ScanAsync(content);
        Assert.Equal((ScanOutcome.Clean, clamd.Endpoint, 27826), (report.Outcome, report.Scanner, report.Version?.Database));
        Assert.Equal(content, Assert.Single(clamd.Contents));
    }

    [Fact(Timeout = Patience)]
    public async Task ClamdHangsUpMidStream_NothingIsFound() => await AssertUnavailableAsync(async connection =>
    {
        await connection.ReadChunkAsync();
    });

    [Fact(Timeout = Patience)]
    public async Task ClamdResetsMidStream_NothingIsFound() => await AssertUnavailableAsync(async connection =>
    {
        await connection.ReadChunkAsync();
        connection.Reset();
    });

    [Fact(Timeout = Patience)]
    public async Task ClamdHalfClosesMidStream_NothingIsFound() => await AssertUnavailableAsync(async connection =>
    {
        await connection.ReadChunkAsync();
        connection.HalfClose();
        await connection.HangAsync();
    });

    [Fact(Timeout = Patience)]
    public async Task ClamdSaysOkBeforeItReadAll_NothingIsClean() => await AssertUnavailableAsync(async connection =>
    {
        await connection.ReadChunkAsync();
        await connection.ReplyAsync("stream: OK\0");
    });

    [Fact(Timeout = Patience)]
    public async Task ClamdResetsBehindAWholeOk_NothingIsClean() => await AssertUnavailableAsync(async connection =>
    {
        await connection.ReplyAsync("stream: OK\0");
        connection.Reset();
    });

    [Fact(Timeout = Patience)]
    public async Task ReplyLongerThanAny_NothingIsFound() => await AssertUnavailableAsync(async connection =>
    {
        await connection.ReadContentAsync();
        await connection.ReplyAsync($"stream: {new string('x', 70_000)} FOUND\0");
    });

    [Fact(Timeout = Patience)]
    public async Task ClamdTakesNoData_SendTimeoutEndsIt()
    {
        var options = ClamdRig.Quick();
        options.SendTimeout = TimeSpan.FromSeconds(0.2);
        // A second one would wait for the test of another session, which stalls too.
        options.Attempts = 1;
        await AssertUnavailableAsync(connection => connection.StallAsync(), options, "accepted no data");
    }

    [Fact(Timeout = Patience)]
    public async Task ClamdNeverReplies_ScanTimeoutEndsIt()
    {
        var options = ClamdRig.Quick();
        options.ScanTimeout = TimeSpan.FromSeconds(0.3);
        await AssertUnavailableAsync(
            async connection =>
            {
                await connection.ReadContentAsync();
                await connection.HangAsync();
            },
            options,
            "ScanTimeout");
    }

    [Fact(Timeout = Patience)]
    public async Task LimitReplyAfterAFailedWrite_IsStillRead()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        clamd.OnCommand = async (connection, command) =>
        {
            if (command is not "zINSTREAM")
            {
                return false;
            }

            // The rest stays unread in the socket, so that closing it resets the connection behind the reply.
            await connection.ReadChunkAsync();
            await connection.ReplyAsync("INSTREAM size limit exceeded. ERROR\0");
            return true;
        };
        var report = await rig.ScanAsync(new byte[8 << 20]);
        Assert.Equal(ScanOutcome.TooLarge, report.Outcome);
        Assert.Contains("StreamMaxLength", report.Detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = Patience)]
    [InlineData("UNKNOWN COMMAND\0")]
    [InlineData("COMMAND UNAVAILABLE\0")]
    public async Task VersionNotAnswered_IsNoFault(string reply)
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.VersionReply = reply;
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var report = await rig.ScanAsync([1]);
        Assert.Equal(ScanOutcome.Clean, report.Outcome);
        Assert.Null(report.Version);
        Assert.Null(rig.Pool.NewestDatabase);
    }

    [Theory(Timeout = Patience)]
    [InlineData("No file descriptor received. ERROR\0")]
    [InlineData("UNKNOWN COMMAND\0")]
    [InlineData("COMMAND UNAVAILABLE\0")]
    [InlineData("fd[9]: OK\0")]
    public async Task ClamdThatReadsNoDescriptors_IsStreamedTo(string reply)
    {
        using var folder = new TempFolder();
        await using var clamd = FakeClamd.OnUnix(folder);
        clamd.DescriptorReply = reply;
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        await File.WriteAllBytesAsync(folder.File("content"), [1, 2, 3], TestContext.Current.CancellationToken);
        using var file = File.OpenHandle(folder.File("content"));
        var report = await rig.Pool.ScanAsync(new ScanSource(3, file, () => File.OpenRead(folder.File("content"))), default);
        Assert.Equal(ScanOutcome.Clean, report.Outcome);
        Assert.Equal<byte[]>([1, 2, 3], Assert.Single(clamd.Contents));
        Assert.Single(clamd.Commands, command => command is "zFILDES");
    }

    [Fact(Timeout = Patience)]
    public async Task FileShrinksWhileItIsScanned_ItsOkIsNotBelieved()
    {
        using var folder = new TempFolder();
        await using var clamd = FakeClamd.OnUnix(folder);
        clamd.DescriptorReply = "fd[9]: Eicar-Test-Signature FOUND\0";
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        using var file = File.OpenHandle(folder.File("content"), FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.Write(file, new byte[100], 0);
        clamd.OnCommand = async (connection, command) =>
        {
            if (command is not "zFILDES")
            {
                return false;
            }

            await connection.ReadByteAsync();
            RandomAccess.SetLength(file, 50);
            await connection.ReplyAsync("fd[9]: OK\0");
            await connection.ReadCommandAsync();
            await connection.ReplyAsync("PONG\0");
            return true;
        };
        await Assert.ThrowsAsync<ScanSourceException>(
            () => rig.Pool.ScanAsync(new ScanSource(100, file, () => throw new InvalidOperationException()), default));
    }

    private static async Task AssertUnavailableAsync(
        Func<FakeClamdConnection, Task> script, ClamdOptions? options = null, string detail = "")
    {
        await using var clamd = FakeClamd.OnTcp();
        options ??= ClamdRig.Quick();
        options.Hosts = [clamd.Endpoint];
        await using var rig = await ClamdRig.StartAsync(options);
        clamd.OnCommand = async (connection, command) =>
        {
            if (command is not "zINSTREAM")
            {
                return false;
            }

            await script(connection);
            return true;
        };
        var report = await rig.ScanAsync(new byte[16 << 20]);
        Assert.Equal((ScanOutcome.Unavailable, null), (report.Outcome, report.Signature));
        Assert.Contains(detail, report.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", report.Detail, StringComparison.Ordinal);
    }
}
