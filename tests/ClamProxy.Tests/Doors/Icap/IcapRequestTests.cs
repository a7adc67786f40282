using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>Requests as RFC 3507 has them, byte for byte, and what comes back.</summary>
public sealed class IcapRequestTests
{
    private const string Url = "http://example.org/file";

    private static readonly string Infected = Encoding.Latin1.GetString(Eicar.Bytes);

    [Theory]
    [InlineData("respmod", "RESPMOD")]
    [InlineData("reqmod", "REQMOD")]
    [InlineData("avscan", "REQMOD, RESPMOD")]
    [InlineData("squidclamav/", "REQMOD, RESPMOD")]
    [InlineData("RespMod?arg=1", "RESPMOD")]
    public async Task Options_SayWhatThereIs(string service, string methods)
    {
        await using var world = await StartAsync("--ClamProxy:Icap:MaxConnections=7", "--ClamProxy:Icap:Preview=4K");

        var answer = await IcapWire.AskAsync(
            world, $"OPTIONS icap://127.0.0.1:1344/{service} ICAP/1.0\r\nHost: 127.0.0.1\r\nAllow: 206, trailers\r\n\r\n");

        Assert.Equal(200, answer!.Status);
        Assert.Equal(methods, answer["Methods"]);
        Assert.Equal("7", answer["Max-Connections"]);
        Assert.Equal(("4096", "*", "204"), (answer["Preview"], answer["Transfer-Preview"], answer["Allow"]));
        Assert.Equal("null-body=0", answer["Encapsulated"]);
        Assert.Equal("600", answer["Options-TTL"]);
        Assert.Matches("^\"[0-9a-f]{24}\"$", answer["ISTag"]);
        Assert.True(DateTimeOffset.TryParse(answer["Date"], null, out _));
        Assert.NotNull(answer["Service"]);

        // By which e2guardian knows that an answer names the virus.
        Assert.Equal("X-Infection-Found", answer["X-Allow-Out"]);
    }

    [Theory]
    [InlineData("204 after the whole body where it is allowed", "Allow: 204\r\n", 204)]
    [InlineData("the message, where it is not", "", 200)]
    [InlineData("the message, where only 206 is", "Allow: 206, trailers\r\n", 200)]
    public async Task CleanWithoutPreview_Passes(string what, string fields, int status)
    {
        await using var world = await StartAsync();

        var answer = await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello", fields, "X-Odd:  a\tb \r\n"));

        Assert.True(answer!.Status == status, what);
        if (status == 200)
        {
            // Byte for byte, blanks and all.
            Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Odd:  a\tb \r\n\r\n", answer.HttpHead);
            Assert.Equal("hello", answer.Text);
        }
        else
        {
            Assert.DoesNotContain("Encapsulated", answer.Names);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public async Task CleanThatIsEchoed_IsTheSameBytes(int length)
    {
        await using var world = await StartAsync();
        var body = RandomBody.Of(length);

        var answer = await IcapWire.AskAsync(world, IcapWire.Respmod(Url, Encoding.Latin1.GetString(body)));

        Assert.Equal(200, answer!.Status);
        Assert.Equal(body, answer.Body);
    }

    [Fact]
    public async Task WholeBodyInThePreview_IsAnsweredWithout100()
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Previewed("hello", "0; ieof\r\n\r\n"));

        Assert.Equal(204, (await wire.ReadAsync())!.Status);
        await wire.SayAsync(Previewed(Infected, "0;ieof\r\n\r\n"));
        Assert.Equal(200, (await wire.ReadAsync())!.Status);
    }

    [Fact]
    public async Task BodyBehindThePreview_IsAskedFor()
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Previewed("hel", "0\r\n\r\n", 5));
        Assert.Equal("ICAP/1.0 100 Continue\r\n\r\n", (await wire.ReadAsync())!.Head);
        await wire.SayAsync("2\r\nlo\r\n0\r\n\r\n");
        var answer = await wire.ReadAsync();

        // 204 was allowed for the preview only.
        Assert.Equal(200, answer!.Status);
        Assert.Equal("hello", answer.Text);
    }

    [Fact]
    public async Task EmptyPreview_IsAskedForToo()
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Previewed("", "0\r\n\r\n", 68, 0));
        Assert.Equal(100, (await wire.ReadAsync())!.Status);
        await wire.SayAsync(IcapWire.Chunk(Infected) + "0\r\n\r\n");

        Assert.Equal("HTTP/1.1 403 Forbidden: Infected Eicar-Test-Signature", (await wire.ReadAsync())!.HttpStatus);
    }

    /// <summary>squid announces an empty preview for a message without a body, and sends no chunk.</summary>
    [Theory]
    [InlineData("Preview: 0\r\n", 204)]
    [InlineData("Allow: 204\r\n", 204)]
    [InlineData("", 200)]
    public async Task NoBody_Passes(string fields, int status)
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);
        const string Request = "HEAD http://example.org/ HTTP/1.1\r\n\r\n", Answer = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n";

        for (var time = 0; time < 2; time++)
        {
            await wire.SayAsync($"RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\n{fields}"
                + $"Encapsulated: req-hdr=0, res-hdr={Request.Length}, null-body={Request.Length + Answer.Length}\r\n\r\n"
                + Request + Answer);
            var answer = await wire.ReadAsync();

            Assert.Equal(status, answer!.Status);
            Assert.Equal(status == 200 ? Answer : "", answer.HttpHead);
            Assert.Null(answer.Body);
        }
    }

    [Fact]
    public async Task Infected_IsReplacedByAPageAndNamedBeforeEncapsulated()
    {
        await using var world = await StartAsync();

        var answer = await IcapWire.AskAsync(world, IcapWire.Respmod(Url, Infected, "Allow: 204\r\n"));

        Assert.Equal(200, answer!.Status);
        Assert.Equal("Type=0; Resolution=2; Threat=Eicar-Test-Signature;", answer["X-Infection-Found"]);
        Assert.Equal("Eicar-Test-Signature", answer["X-Virus-ID"]);
        Assert.Equal("Eicar-Test-Signature", answer["X-Virus-Name"]);
        Assert.Equal("Encapsulated", answer.Names.Last());
        Assert.StartsWith("HTTP/1.1 403 Forbidden: Infected Eicar-Test-Signature\r\n", answer.HttpHead, StringComparison.Ordinal);
        Assert.Contains($"\r\nContent-Length: {answer.Body!.Length}\r\n", answer.HttpHead, StringComparison.Ordinal);
        Assert.Contains("Eicar-Test-Signature", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InfectedUpload_IsReplacedByAnAnswer()
    {
        await using var world = await StartAsync();

        var answer = await IcapWire.AskAsync(world, Reqmod($"PUT {Url} HTTP/1.1\r\nHost: example.org\r\n\r\n", Infected));

        Assert.StartsWith("res-hdr=0, res-body=", answer!["Encapsulated"], StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", answer.HttpStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CleanUpload_GoesBackAsItCame()
    {
        await using var world = await StartAsync();
        const string Head = "POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\n\r\n";

        var answer = await IcapWire.AskAsync(world, Reqmod(Head, "hello"));

        Assert.Equal($"req-hdr=0, req-body={Head.Length}", answer!["Encapsulated"]);
        Assert.Equal((Head, "hello"), (answer.HttpHead, answer.Text));
    }

    [Fact]
    public async Task RequestWithoutBodyToAnUrlKnownToBeInfected_IsRefused()
    {
        await using var world = await StartAsync();
        await IcapWire.AskAsync(world, IcapWire.Respmod(Url, Infected));
        const string Head = $"GET {Url} HTTP/1.1\r\nHost: example.org\r\n\r\n";

        var answer = await IcapWire.AskAsync(
            world, $"REQMOD icap://h/reqmod ICAP/1.0\r\nHost: h\r\nEncapsulated: req-hdr=0, null-body={Head.Length}\r\n\r\n{Head}");

        Assert.StartsWith("HTTP/1.1 403 ", answer!.HttpStatus, StringComparison.Ordinal);
    }

    /// <summary>The preview's end is read, so that the connection goes on.</summary>
    [Fact]
    public async Task UrlKnownToBeInfected_IsRefusedWithoutItsBody()
    {
        await using var world = await StartAsync();
        await IcapWire.AskAsync(world, IcapWire.Respmod(Url, Infected));
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Previewed("hello", "0\r\n\r\n", 5000, url: Url));
        var answer = await wire.ReadAsync();

        Assert.Equal(200, answer!.Status);
        Assert.StartsWith("HTTP/1.1 403 ", answer.HttpStatus, StringComparison.Ordinal);
        Assert.DoesNotContain("Connection", answer.Names);
        await wire.SayAsync(Previewed("hello", "0; ieof\r\n\r\n"));
        Assert.Equal(204, (await wire.ReadAsync())!.Status);
    }

    /// <summary>Without a preview the rest is on its way: it is dropped, the answer arrives, and the connection ends.</summary>
    [Fact]
    public async Task UrlKnownToBeInfectedWithoutPreview_IsRefusedBeforeTheBodyEnds()
    {
        await using var world = await StartAsync();
        await IcapWire.AskAsync(world, IcapWire.Respmod(Url, Infected));
        await using var wire = await IcapWire.ConnectAsync(world);
        var request = IcapWire.Respmod(Url, new string('a', 5000));

        await wire.SayAsync(request[..^3000]);
        var answer = await wire.ReadAsync();
        await wire.SayAsync(request[^3000..]);
        wire.EndSending();

        Assert.StartsWith("HTTP/1.1 403 ", answer!.HttpStatus, StringComparison.Ordinal);
        Assert.Equal("close", answer["Connection"]);
        Assert.True(await wire.IsClosedAsync());
    }

    [Fact]
    public async Task ManyRequestsOnOneConnection_AreAnsweredInTurn()
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);

        for (var time = 0; time < 3; time++)
        {
            await wire.SayAsync(IcapWire.Respmod(Url, $"hello {time}", "Allow: 204\r\n"));
            Assert.Equal(204, (await wire.ReadAsync())!.Status);
            await wire.SayAsync(IcapWire.Respmod($"{Url}/{time}", Infected));
            Assert.Equal(200, (await wire.ReadAsync())!.Status);
        }
    }

    /// <summary>ICAP has no pipelining (RFC 3507 §4.1): the second waits, and nothing of it is taken for the first.</summary>
    [Fact]
    public async Task RequestsSentAhead_AreAnsweredOneByOne()
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(IcapWire.Respmod(Url, "hello", "Allow: 204\r\n") + IcapWire.Respmod(Url, Infected) + "\r\n");

        Assert.Equal(204, (await wire.ReadAsync())!.Status);
        Assert.Equal(200, (await wire.ReadAsync())!.Status);
    }

    [Fact]
    public async Task ByteByByte_IsTheSame()
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayByteByByteAsync(Previewed("hel", "0\r\n\r\n", 5, 4));
        Assert.Equal(100, (await wire.ReadAsync())!.Status);
        await wire.SayByteByByteAsync("1;name=value\r\nl\r\n01\r\no\r\n00; last\r\nTrailer: a\r\nOther: b\r\n\r\n");
        Assert.Equal("hello", (await wire.ReadAsync())!.Text);

        await wire.SayByteByByteAsync("\r\n" + IcapWire.Respmod(Url, Infected));
        Assert.StartsWith("HTTP/1.1 403 ", (await wire.ReadAsync())!.HttpStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CodedBody_IsScannedDecodedToo()
    {
        await using var world = await StartAsync();
        using var coded = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(coded, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(Eicar.Bytes);
        }

        var answer = await IcapWire.AskAsync(
            world, IcapWire.Respmod(Url, Encoding.Latin1.GetString(coded.ToArray()), answerFields: "content-encoding: GZIP\r\n"));

        Assert.StartsWith("HTTP/1.1 403 ", answer!.HttpStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewerSignatures_ChangeTheTag()
    {
        await using var world = await StartAsync();
        var before = (await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello")))!["ISTag"];
        Assert.Equal(before, (await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "other")))!["ISTag"]);

        world.Clamd.VersionReply = FakeClamd.VersionOf(28_000, TimeProvider.System.GetUtcNow());
        await world.WaitForDatabaseAsync(28_000);

        Assert.NotEqual(before, (await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello")))!["ISTag"]);
    }

    [Fact]
    public async Task OtherSettings_ChangeTheTag()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync("--ClamProxy:Policies:Encrypted=pass");

        Assert.NotEqual(
            (await IcapWire.AskAsync(one, IcapWire.Respmod(Url, "a")))!["ISTag"],
            (await IcapWire.AskAsync(other, IcapWire.Respmod(Url, "a")))!["ISTag"]);
    }

    [Theory]
    [InlineData("refuse", 200, null)]
    [InlineData("error", 500, "password_protected")]
    public async Task Unscannable_IsAnsweredAsSet(string setting, int status, string? code)
    {
        await using var world = await StartAsync($"--ICAP_UNSCANNABLE={setting}");
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Heuristics.Encrypted.Zip FOUND\0");

        var answer = await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello", "Allow: 204\r\n"));

        Assert.Equal(status, answer!.Status);
        Assert.Equal(code, answer["X-Error-Code"]);
        Assert.Equal(status == 200 ? "Type=2; Resolution=2; Threat=Unscannable-encrypted;" : null, answer["X-Infection-Found"]);
    }

    /// <summary>Nextcloud takes an error with X-Error-Code for a file that is merely not scannable, and may keep it.</summary>
    [Theory]
    [InlineData("refuse")]
    [InlineData("error")]
    public async Task NoScanner_Is503WithoutAnErrorCode(string setting)
    {
        await using var world = await StartAsync("--ClamProxy:Clamd:ScanWait=1s", $"--ICAP_UNSCANNABLE={setting}");
        world.Clamd.Stop();

        var answer = await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello", "Allow: 204\r\n"));

        Assert.Equal("ICAP/1.0 503 Service Unavailable", answer!.Lines[0]);
        Assert.Null(answer["X-Error-Code"]);
        Assert.Equal("null-body=0", answer["Encapsulated"]);
    }

    private static string Previewed(
        string preview, string end, int? length = null, int? most = null, string url = "http://example.org/new")
    {
        var request = $"GET {url} HTTP/1.1\r\nHost: example.org\r\n\r\n";
        var answer = $"HTTP/1.1 200 OK\r\nContent-Length: {length ?? preview.Length}\r\n\r\n";
        return $"RESPMOD icap://127.0.0.1/respmod ICAP/1.0\r\nHost: 127.0.0.1\r\nPreview: {most ?? preview.Length}\r\n"
            + $"Encapsulated: req-hdr=0, res-hdr={request.Length}, res-body={request.Length + answer.Length}\r\n\r\n"
            + $"{request}{answer}{IcapWire.Chunk(preview)}{end}";
    }

    private static string Reqmod(string head, string body, string fields = "", string service = "reqmod") =>
        $"REQMOD icap://h/{service} ICAP/1.0\r\nHost: h\r\n{fields}Encapsulated: req-hdr=0, req-body={head.Length}\r\n\r\n"
        + $"{head}{IcapWire.Chunk(body)}0\r\n\r\n";

    private static Task<ProxyWorld> StartAsync(params string[] settings) => ProxyWorld.StartAsync(["--DOORS=proxy,icap", .. settings]);
}
