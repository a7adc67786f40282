using System.Text;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using ClamProxy.Messages;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Tests.Messages;

/// <summary>What becomes of HTTP messages that other proxies lend, whatever protocol brings them.</summary>
public sealed class MessageScannerTests
{
    private const string Url = "http://files.example.org/dir/file.bin";

    private readonly byte[] _content = RandomBody.Of(5_000);

    [Fact]
    public async Task CleanAnswer_Passes()
    {
        await using var world = await ProxyWorld.StartAsync();

        var decision = await ScanAsync(world, Answer(_content.Length), _content);

        Assert.IsType<ScanDecision.Clean>(decision);
        Assert.Null(MessageReply.Of(Answer(1), decision, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task InfectedAnswer_IsA403WithTheVerdict()
    {
        await using var world = await ProxyWorld.StartAsync();
        var message = Answer(Eicar.Bytes.Length) with { Location = Url + "?secret=1" };

        var reply = MessageReply.Of(message, await ScanAsync(world, message, Eicar.Bytes), TimeSpan.FromSeconds(5));

        Assert.NotNull(reply);
        Assert.Equal(403, reply.Status);
        Assert.StartsWith("Infected ", reply.ReasonPhrase, StringComparison.Ordinal);
        Assert.Contains(new("Scan-Verdict", "infected"), reply.Fields);
        Assert.Contains(new("Content-Type", "application/problem+json"), reply.Fields);
        Assert.Contains($"\"target\":\"{Url}\"", Encoding.UTF8.GetString(reply.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InfectedAnswerToABrowser_IsAPage()
    {
        await using var world = await ProxyWorld.StartAsync();
        var message = Answer(Eicar.Bytes.Length) with { RequestFields = [new("Accept", "text/html,*/*;q=0.8")] };

        var reply = MessageReply.Of(message, await ScanAsync(world, message, Eicar.Bytes), TimeSpan.FromSeconds(5));

        Assert.Contains(new("Content-Type", "text/html; charset=utf-8"), reply!.Fields);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task BodyOfAnotherLengthThanAnnounced_IsAFailureUnscanned(int more)
    {
        await using var world = await ProxyWorld.StartAsync();

        var decision = await ScanAsync(world, Answer(_content.Length - more), _content);

        Assert.Equal(FailureReason.BodyBroken, Assert.IsType<ScanDecision.Failed>(decision).Failure.Reason);
        Assert.Empty(world.Clamd.Contents);
    }

    /// <summary>Nextcloud announces one byte, whatever it sends.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(5_000, true)]
    public async Task OneByteAnnounced_AnyBodyButNoneIsTaken(int length, bool isTaken)
    {
        await using var world = await ProxyWorld.StartAsync();

        var decision = await ScanAsync(world, Answer(1), _content[..length]);

        Assert.Equal(isTaken, decision is ScanDecision.Clean);
    }

    [Fact]
    public async Task LengthsThatContradict_AreAFailure()
    {
        await using var world = await ProxyWorld.StartAsync();
        var message = Answer(5) with { AnswerFields = [new("Content-Length", "5"), new("Content-Length", "6")] };

        Assert.IsType<ScanDecision.Failed>(await ScanAsync(world, message, [1, 2, 3, 4, 5]));
    }

    [Fact]
    public async Task UrlThatWasInfected_IsRefusedByItsHeadAndAtTheProxyToo()
    {
        await using var world = await ProxyWorld.StartAsync();
        var message = Answer(Eicar.Bytes.Length) with { Location = world.Origin.Url + "/file" };
        world.Origin.On("/file", _content);
        Assert.Null(await Scanner(world).FindRefusalAsync(message, CancellationToken.None));

        await ScanAsync(world, message, Eicar.Bytes);

        var refusal = await Scanner(world).FindRefusalAsync(
            message with { RequestFields = [new("Accept", "*/*"), new("Range", "bytes=1-")] }, CancellationToken.None);
        Assert.Equal(Verdict.Infected, refusal?.Verdict.Verdict);
        Assert.Equal(409, (await world.GetAsync("/file", cacheScan: true)).Status);
        Assert.Empty(world.Origin.Requests);
    }

    [Fact]
    public async Task UrlThatTheProxyFoundInfected_IsRefusedByItsHead()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", Eicar.Bytes);
        Assert.Equal(409, (await world.GetAsync("/file", cacheScan: true)).Status);
        var message = Answer(1) with { Location = world.Origin.Url + "/file" };

        Assert.NotNull(await Scanner(world).FindRefusalAsync(message, CancellationToken.None));
        Assert.Null(await Scanner(world).FindRefusalAsync(message with { Method = "POST" }, CancellationToken.None));
        Assert.Null(await Scanner(world).FindRefusalAsync(
            message with { RequestFields = [new("Cookie", "a=b")] }, CancellationToken.None));
    }

    public static TheoryData<string, int, string, string, string> NotOfAll => new()
    {
        { "POST", 200, "", "", "" },
        { "GET", 206, "", "", "" },
        { "GET", 404, "", "", "" },
        { "GET", 200, "Range", "bytes=0-", "" },
        { "GET", 200, "If-None-Match", "\"a\"", "" },
        { "GET", 200, "", "", "Set-Cookie" },
        { "GET", 200, "", "", "Content-Encoding" },
    };

    [Theory]
    [MemberData(nameof(NotOfAll))]
    public async Task AnswerThatOthersWouldNotGet_IsNotRecordedByItsUrl(
        string method, int status, string asked, string value, string answered)
    {
        await using var world = await ProxyWorld.StartAsync();
        var message = new LentMessage(method, Url, asked.Length == 0 ? [] : [new(asked, value)])
        {
            Status = status,
            AnswerFields = [new("Content-Length", $"{Eicar.Bytes.Length}"), .. Fields(answered)],
        };
        Assert.IsType<ScanDecision.Refused>(await ScanAsync(world, message, Eicar.Bytes));

        Assert.Null(await Scanner(world).FindRefusalAsync(Answer(1), CancellationToken.None));

        static KeyValuePair<string, string>[] Fields(string name) => name.Length == 0 ? [] : [new(name, "gzip")];
    }

    /// <summary>A body that ends with its connection may be a part of one; a path alone is what a client of files writes there.</summary>
    [Theory]
    [InlineData(Url, false)]
    [InlineData("/dir/file.bin", true)]
    public async Task LengthOrUrlMissing_IsNotRecorded(string location, bool hasLength)
    {
        await using var world = await ProxyWorld.StartAsync();
        var message = Answer(Eicar.Bytes.Length) with { Location = location };
        message = hasLength ? message : message with { AnswerFields = [] };
        Assert.IsType<ScanDecision.Refused>(await ScanAsync(world, message, Eicar.Bytes));

        Assert.Null(await Scanner(world).FindRefusalAsync(message, CancellationToken.None));
    }

    [Fact]
    public async Task UrlsUnknownBySetting_AreNotLookedUp()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Messages:KnowsUrls=false");
        var message = Answer(Eicar.Bytes.Length);
        await ScanAsync(world, message, Eicar.Bytes);

        Assert.Null(await Scanner(world).FindRefusalAsync(message, CancellationToken.None));
    }

    /// <summary>The whole of a form hides the file in it from a scanner.</summary>
    [Fact]
    public async Task InfectedFileInAForm_IsRefused()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Clamd.OnContent = (connection, content) =>
            connection.ReplyAsync(content.AsSpan().SequenceEqual(Eicar.Bytes) ? "stream: Eicar-Test-Signature FOUND\0" : "stream: OK\0");
        var form = Encoding.Latin1.GetBytes("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ntext\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n"
            + $"{Encoding.Latin1.GetString(Eicar.Bytes)}\r\n--b--\r\n");
        var message = new LentMessage("POST", "http://example.org/upload", [new("Content-Type", "multipart/form-data; boundary=b")]);

        var decision = await ScanAsync(world, message, form);

        Assert.Equal(Verdict.Infected, Assert.IsType<ScanDecision.Refused>(decision).Verdict.Verdict);
        // The fake scanner does not list EICAR, which its tests by ClamProxy bring too.
        Assert.Equal([form.Length, 4], world.Clamd.Contents.Select(content => content.Length));
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task MorePartsThanAreScanned_AreUnscannable(int parts, bool passes)
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Messages:MaxParts=3");
        var form = Encoding.Latin1.GetBytes(
            string.Concat(Enumerable.Range(0, parts).Select(number => $"--b\r\n\r\npart {number}\r\n")) + "--b--\r\n");
        var message = new LentMessage("POST", "http://example.org/upload", [new("Content-Type", "multipart/form-data; boundary=b")]);

        var decision = await ScanAsync(world, message, form);

        Assert.Equal(passes, decision is ScanDecision.Clean);
        Assert.Equal(passes, decision is not ScanDecision.Refused { Verdict.Reason: UnscannableReason.EngineLimit });
    }

    [Theory]
    [InlineData("bytes 0-67/68", false, false)]
    [InlineData("bytes 0-66/68", false, true)]
    [InlineData("bytes 1-67/68", false, true)]
    [InlineData("bytes 0-67/*", false, true)]
    [InlineData("bytes 0-67", false, true)]
    [InlineData(null, false, true)]
    [InlineData("bytes 1-67/68", true, false)]
    public async Task PartOfAFile_IsRefusedByItsHeadUnlessSet(string? range, bool passes, bool isRefused)
    {
        await using var world = await ProxyWorld.StartAsync($"--ClamProxy:Messages:PassParts={passes}");
        var message = Answer(68) with { Status = 206, AnswerFields = range is null ? [] : [new("Content-Range", range)] };

        var refusal = await Scanner(world).FindRefusalAsync(message, CancellationToken.None);

        Assert.Equal(isRefused, refusal is { Verdict.Reason: UnscannableReason.Partial });
    }

    [Fact]
    public async Task ScannerDown_Is503()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Clamd:ScanWait=1s");
        world.Clamd.Stop();
        var message = Answer(_content.Length);

        var reply = MessageReply.Of(message, await ScanAsync(world, message, _content), TimeSpan.FromSeconds(5));

        Assert.Equal(503, reply?.Status);
        Assert.Contains(new("Retry-After", "5"), reply!.Fields);
    }

    private static LentMessage Answer(int length) => new("GET", Url, [])
    {
        Status = 200,
        AnswerFields = [new("Content-Length", $"{length}")],
        Client = "192.0.2.7",
        User = "ada",
    };

    private static MessageScanner Scanner(ProxyWorld world) => world.Services.GetRequiredService<MessageScanner>();

    private static async Task<ScanDecision> ScanAsync(ProxyWorld world, LentMessage message, byte[] body)
    {
        var taken = await Scanner(world).TakeAsync(message, new MemoryStream(body), null, CancellationToken.None);
        if (taken is not IntakeResult.Taken { File: var file })
        {
            return Scanner(world).DecideNotTaken(message, ((IntakeResult.NotTaken)taken).Failure);
        }

        using (file)
        {
            return await Scanner(world).ScanAsync(message, file, CancellationToken.None);
        }
    }
}
