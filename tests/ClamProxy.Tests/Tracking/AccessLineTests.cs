using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamProxy.Configuration;
using ClamProxy.Core.Requests;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Api;
using ClamProxy.Tests.Doors.ExtProc;
using ClamProxy.Tests.Doors.Icap;
using ClamProxy.Tracking;
using Microsoft.Extensions.Logging;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Tracking;

/// <summary>Each request is one line of the access log, whatever becomes of it.</summary>
public sealed class AccessLineTests : IDisposable
{
    private const string Secret = "s3cret-of-a-client";
    private static readonly byte[] Content = RandomBody.Of(100_000);
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_IsTold()
    {
        await using var world = await StartAsync();
        using var log = EntryList.Of(world);
        world.Origin.On("/file", Content);

        await world.GetAsync($"/file?token={Secret}", cacheScan: true);

        var line = await log.AccessLineAsync();
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Equal(("127.0.0.1", "-", "proxy", "GET"), (line["client"], line["user"], line["door"], line["method"]));
        Assert.Equal(($"{world.Origin.Url}/file", "200", "scan"), (line["url"], line["status"], line["outcome"]));
        Assert.Equal(("clean", Sha256, "100000"), (line["verdict"], line["sha256"], line["bytes"]));
        Assert.True((double)line.State["Milliseconds"]! >= (double)line.State["ScanMilliseconds"]!, line.Message);
        Assert.True((double)line.State["FetchMilliseconds"]! > 0, line.Message);
    }

    [Fact]
    public async Task WaysOfAnswering_HaveAWordEach()
    {
        await using var world = await StartAsync("--ACCEL_REDIRECT=/store/");
        using var log = EntryList.Of(world);
        world.Origin.On("/file", Content).On("/same", Content).On("/bad", Eicar.Bytes).On("/gone", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        using var head = world.Request("/other", method: HttpMethod.Head);
        using var post = world.Request("/file", method: HttpMethod.Post);
        var lines = await log.AccessLinesAsync(
            () => world.GetAsync("/file", cacheScan: true),
            () => world.GetAsync("/file", cacheScan: true),
            () => world.GetAsync("/file", cacheScan: true, ("Range", "bytes=10-19")),
            () => world.GetAsync("/file", cacheScan: true, ("X-Sendfile-Type", "X-Accel-Redirect")),
            () => world.GetAsync("/same", cacheScan: true),
            () => world.GetAsync("/bad", cacheScan: true),
            () => world.GetAsync("/gone", cacheScan: true),
            () => world.SendAsync(head),
            () => world.SendAsync(post));

        Assert.Equal(
        [
            "200 scan clean 100000", "200 store clean 100000", "206 store clean 10", "200 x-accel clean 100000", "200 verdict clean 100000",
            "409 scan infected", "502 upstream-unreachable -", "404 head - 0", "405 method-not-allowed -",
        ],
            lines.Select(line => $"{line["status"]} {line["outcome"]} {line["verdict"]}"
                + (line["status"] is "200" or "206" or "404" ? $" {line["bytes"]}" : "")));
    }

    [Fact]
    public async Task Credential_IsNamedAndNeverShown()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)));
        await using var world = await StartAsync($"--PROXY_CREDENTIALS=build farm:sha256:{hash}");
        using var log = EntryList.Of(world);
        world.Origin.On("/file", Content);

        var lines = await log.AccessLinesAsync(
            () => world.GetAsync("/file", headers: ("Proxy-Authorization", $"Bearer {Secret}")),
            () => world.GetAsync("/file", headers: ("Proxy-Authorization", $"Bearer {Secret}-wrong")));

        Assert.Equal(["build%20farm", "-"], lines.Select(line => line["user"]));
        Assert.Equal(["200", "401"], lines.Select(line => line["status"]));
        Assert.All(log.All, entry => Assert.DoesNotContain(Secret, entry.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TrustedProxy_NamesTheClient()
    {
        await using var world = await StartAsync("--TRUSTED_PROXIES=127.0.0.1");
        using var log = EntryList.Of(world);

        await world.GetAsync("/file", headers: ("X-Real-IP", "192.0.2.7"));

        Assert.Equal("192.0.2.7", (await log.AccessLineAsync())["client"]);
    }

    [Theory]
    [InlineData("GET /a%0d%0aforged=1%20status=200\"\\?x=s3cret-of-a-client#f HTTP/1.1", "/a%0d%0aforged=1%20status=200%22%5C")]
    [InlineData("GET http://user:s3cret-of-a-client@h/p?q HTTP/1.1", "/p")]
    public async Task RequestThatForges_IsOneWord(string line, string url)
    {
        await using var world = await StartAsync();
        using var log = EntryList.Of(world);
        using var wire = await Doors.Http.Wire.ConnectAsync(world.Addresses[0]);
        await wire.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\nHost: h\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(wire.GetStream());
        await reader.ReadToEndAsync();

        var entry = await log.AccessLineAsync();
        Assert.Equal((url, "400"), (entry["url"], entry["status"]));
        Assert.DoesNotContain(Secret, entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "-")]
    [InlineData("", "-")]
    [InlineData("plain", "plain")]
    [InlineData("a b\"c\\d\r\n\u001b[31m\u2028é", "a%20b%22c%5Cd%0D%0A%1B[31m%E2%80%A8%C3%A9")]
    public void Word_HasNothingThatMeansSomething(string? text, string word) => Assert.Equal(word, PlainWord.Of(text));

    [Fact]
    public void Word_IsCut() => Assert.Equal(2003, PlainWord.Of(new string('a', 5000)).Length);

    [Fact]
    public void JsonForm_HasTheFieldsAsMembers()
    {
        var formatter = new JsonFormatter(FakeClock.Create());
        using var text = new StringWriter();
        var logger = new OutputLogger("ClamProxy.Tracking", formatter, text.Write);
        logger.Answered("127.0.0.1", "ci", "proxy", "GET", "http://h/a", 200, "store", "clean", Sha256, 5, 1.25, 0, 0);

        using var json = JsonDocument.Parse(text.ToString());
        var state = json.RootElement.GetProperty("State");
        Assert.Equal(("ci", 200, 5, 1.25), (
            state.GetProperty("User").GetString(),
            state.GetProperty("Status").GetInt32(),
            state.GetProperty("Bytes").GetInt64(),
            state.GetProperty("Milliseconds").GetDouble()));
    }

    [Fact]
    public async Task SwitchedOff_TellsNothing()
    {
        await using var world = await StartAsync("--ACCESS_LOG=false");
        using var log = EntryList.Of(world);
        world.Origin.On("/file", Content);

        await world.GetAsync("/file");

        Assert.DoesNotContain(log.All, entry => entry.Id == 6700);
    }

    [Fact]
    public async Task ScanApi_TellsOfUploadsAndDownloads()
    {
        await using var world = await ApiWorld.StartAsync("--LOG_LEVEL=Information");
        using var log = EntryList.Of(world.Host);

        await world.PostAsync("/scan", new ByteArrayContent(Content));

        var line = await log.AccessLineAsync();
        Assert.Equal(("api", "POST", "/scan", "200"), (line["door"], line["method"], line["url"], line["status"]));
        Assert.Equal(("scan", "clean", Sha256), (line["outcome"], line["verdict"], line["sha256"]));
    }

    [Fact]
    public async Task Icap_TellsOfTheMessage()
    {
        await using var world = await StartAsync("--DOORS=proxy,icap");
        using var log = EntryList.Of(world);

        var lines = await log.AccessLinesAsync(
            () => IcapWire.AskAsync(world, IcapWire.Respmod(
                $"http://user:{Secret}@example.org/file?token={Secret}",
                "hello",
                "Allow: 204\r\nX-Client-IP: 192.0.2.7\r\nX-Client-Username: eve\" status=200\r\n")),
            () => IcapWire.AskAsync(world, IcapWire.Respmod("http://example.org/bad", Encoding.Latin1.GetString(Eicar.Bytes))),
            () => IcapWire.AskAsync(world, "OPTIONS icap://127.0.0.1:1344/respmod ICAP/1.0\r\nHost: 127.0.0.1\r\n\r\n"),
            () => IcapWire.AskAsync(world, "nonsense\r\n\r\n"));

        Assert.Equal("icap 192.0.2.7 eve%22%20status=200 GET http://example.org/file 200 scan clean 5", Brief(lines[0]));
        Assert.Equal("icap 127.0.0.1 - GET http://example.org/bad 403 scan infected 0", Brief(lines[1]));
        Assert.Equal("icap 127.0.0.1 - OPTIONS /respmod 200 options - 0", Brief(lines[2]));
        Assert.Equal("icap 127.0.0.1 - - - 400 rejected - 0", Brief(lines[3]));
        Assert.All(log.All, entry => Assert.DoesNotContain(Secret, entry.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ExtProc_TellsOfTheTransaction()
    {
        await using var world = await EnvoyWorld.StartAsync("--LOG_LEVEL=Information");
        using var log = EntryList.Of(world.Host);
        using (var envoy = await world.OpenResponseAsync(BodySendMode.Buffered))
        {
            await envoy.SayResponseBodyAsync(Content, isEnd: true);
            await envoy.HearAsync(Kind.ResponseBody);
            await envoy.CloseAsync();
            await envoy.EndAsync();
        }

        Assert.Equal($"ext-proc 127.0.0.1 - GET {EnvoyWorld.Url} 200 scan clean 100000", Brief(await log.AccessLineAsync()));
    }

    private static string Brief(EntryList.Entry line) => string.Join(
        ' ',
        new[] { "door", "client", "user", "method", "url", "status", "outcome", "verdict", "bytes" }.Select(name => line[name]));

    private Task<ProxyWorld> StartAsync(params string[] settings) => ProxyWorld.StartAsync(
        [$"--STORE_PATH={_folder.File("store")}", "--LOG_LEVEL=Information", .. settings]);
}
