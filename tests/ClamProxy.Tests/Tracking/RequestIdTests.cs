using System.Diagnostics;
using System.Text;
using ClamProxy.Core.Requests;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Api;
using ClamProxy.Tests.Doors.ExtProc;
using ClamProxy.Tests.Doors.Icap;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Tracking;

/// <summary>A request is found again by one id: in its answer, its problem, at upstream and in every log line.</summary>
public sealed class RequestIdTests
{
    private const string Given = "Root=1-5f84c7a4/edge:42";

    // printf %s 'Root=1-5f84c7a4/edge:42' | sha256sum | cut -c 1-32
    private const string GivenAtUpstream = "20344a94b6b6ce6abeaa54725b77193c";

    [Fact]
    public async Task ClientsId_IsInAnswerProblemAndAtUpstream()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", [1, 2, 3]).On("/bad", Eicar.Bytes);

        var clean = await world.GetAsync("/file", headers: (RequestId.Field, Given));
        var bad = await world.GetAsync("/bad", headers: (RequestId.Field, Given));
        using var head = world.Request("/file", method: HttpMethod.Head, headers: [(RequestId.Field, Given)]);
        var headed = await world.SendAsync(head);

        Assert.Equal((200, 409, 200), (clean.Status, bad.Status, headed.Status));
        Assert.All(new[] { clean, bad, headed }, reply => Assert.Equal(Given, reply[RequestId.Field]));
        Assert.Equal(Given, bad.Problem("requestId"));
        Assert.Equal(3, world.Origin.Requests.Count);
        Assert.All(world.Origin.Requests, request => Assert.Equal(GivenAtUpstream, request.Headers[RequestId.Field]));
    }

    [Theory]
    [InlineData("text/plain", "requestId: {0}\n")]
    [InlineData("text/html", "Give this id to your operator: <code>{0}</code>")]
    public async Task Problem_NamesTheIdInEveryForm(string accept, string expected)
    {
        await using var world = await ProxyWorld.StartAsync();

        var reply = await world.GetAsync("/missing", headers: [("Download-From", "again"), ("Accept", accept), (RequestId.Field, "abc-1")]);

        Assert.Equal(400, reply.Status);
        Assert.Contains(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, "abc-1"),
            Encoding.UTF8.GetString(reply.Body),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a\"quote")]
    [InlineData("a%0Aline")]
    [InlineData("<b>")]
    public async Task IdThatIsNoWord_IsReplaced(string given)
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", [1, 2, 3]);

        var reply = await world.GetAsync("/file", headers: (RequestId.Field, given));

        Assert.Matches("^[0-9a-f]{32}$", reply[RequestId.Field]);
        Assert.Equal(reply[RequestId.Field], Assert.Single(world.Origin.Requests).Headers[RequestId.Field]);
    }

    [Theory]
    [InlineData(RequestId.MostCharacters, true)]
    [InlineData(RequestId.MostCharacters + 1, false)]
    public void Id_IsTakenUpToItsBound(int length, bool isTaken)
    {
        var given = new string('a', length);

        Assert.Equal(isTaken, RequestId.Of(given, null) == given);
    }

    [Fact]
    public async Task TwoIds_AreReplaced()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", [1, 2, 3]);
        using var wire = await Doors.Http.Wire.ConnectAsync(world.Addresses[0]);
        await wire.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /file HTTP/1.1\r\nHost: a\r\nDownload-From: {world.Origin.Url}\r\nX-Request-ID: one\r\nX-Request-ID: two\r\n"
                + "Connection: close\r\n\r\n"));
        using var reader = new StreamReader(wire.GetStream());
        var answer = await reader.ReadToEndAsync();

        Assert.Matches("X-Request-ID: [0-9a-f]{32}\r\n", answer);
    }

    [Fact]
    public async Task NoId_IsTheTraceOfTheClient()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", [1, 2, 3]);

        var reply = await world.GetAsync("/file", headers: ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"));
        var other = await world.GetAsync("/file", headers: ("traceparent", "nonsense"));

        Assert.Equal(trace, reply[RequestId.Field]);
        Assert.Matches("^[0-9a-f]{32}$", other[RequestId.Field]);
        Assert.NotEqual(trace, other[RequestId.Field]);
    }

    [Fact]
    public async Task UpstreamsId_IsItsOwn()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", context =>
        {
            context.Response.Headers[RequestId.Field] = "of-upstream";
            return FakeOrigin.SendAsync(context, [1, 2, 3]);
        });

        Assert.Equal("ours", (await world.GetAsync("/file", headers: (RequestId.Field, "ours")))[RequestId.Field]);
    }

    [Fact]
    public async Task IdThatAnOperatorForwards_SelectsNothing()
    {
        using var folder = new TempFolder();
        await using var world = await ProxyWorld.StartAsync(
            $"--STORE_PATH={folder.File("store")}", $"--ClamProxy:ForwardedFields={RequestId.Field}");
        world.Origin.On("/file", [1, 2, 3]);

        await world.GetAsync("/file", cacheScan: true, (RequestId.Field, "one"));
        var second = await world.GetAsync("/file", cacheScan: true, (RequestId.Field, "Bearer of-secrets"));

        Assert.Equal("ClamProxy; hit; detail=store", second["Cache-Status"]);
        Assert.Equal(RequestId.ForUpstream("one"), Assert.Single(world.Origin.Requests).Headers[RequestId.Field]);
    }

    [Fact]
    public async Task EveryLogLineOfARequest_HasItsId()
    {
        await using var world = await ProxyWorld.StartAsync("--LOG_LEVEL=Debug");
        using var log = EntryList.Of(world);
        world.Origin.On("/bad", Eicar.Bytes);

        await world.GetAsync("/bad", headers: (RequestId.Field, "abc-1"));

        await log.AccessLineAsync();
        var lines = log.All.Where(entry => entry.Message.Contains("/bad", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count >= 2, string.Join('\n', log.All));
        Assert.All(lines, line => Assert.Equal("abc-1", line.RequestId));
    }

    [Fact]
    public async Task ScanApi_AnswersWithTheId()
    {
        await using var world = await ApiWorld.StartAsync();
        using var scan = new HttpRequestMessage(HttpMethod.Post, new Uri("/scan", UriKind.Relative))
        {
            Content = new ByteArrayContent([1, 2]),
        };
        scan.Headers.Add(RequestId.Field, "abc-1");
        using var missing = new HttpRequestMessage(HttpMethod.Get, new Uri("/nothing", UriKind.Relative));
        missing.Headers.Add(RequestId.Field, "abc-2");

        using var scanned = await world.Client.SendAsync(scan, TestContext.Current.CancellationToken);
        using var notFound = await world.Client.SendAsync(missing, TestContext.Current.CancellationToken);

        Assert.Equal("abc-1", scanned.Headers.GetValues(RequestId.Field).Single());
        Assert.Equal("abc-2", (await Reply.ReadAsync(notFound)).Problem("requestId"));
    }

    [Fact]
    public async Task Icap_LogsTheIdOfTheMessage()
    {
        await using var world = await ProxyWorld.StartAsync("--DOORS=proxy,icap", "--LOG_LEVEL=Information");
        using var log = EntryList.Of(world);
        var request = $"GET http://example.org/file HTTP/1.1\r\nHost: example.org\r\n{RequestId.Field}: abc-1\r\n\r\n";
        const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

        await IcapWire.AskAsync(
            world,
            $"RESPMOD icap://127.0.0.1:1344/respmod ICAP/1.0\r\nHost: 127.0.0.1:1344\r\n"
                + $"Encapsulated: req-hdr=0, res-hdr={request.Length}, res-body={request.Length + Answer.Length}\r\n\r\n"
                + $"{request}{Answer}5\r\nhello\r\n0\r\n\r\n");

        Assert.Equal("abc-1", (await log.AccessLineAsync()).RequestId);
        Assert.Equal("abc-1", log.All.Single(entry => entry.Message.StartsWith("Scanned ", StringComparison.Ordinal)).RequestId);
    }

    [Fact]
    public async Task ExtProc_LogsTheIdOfTheMessage()
    {
        await using var world = await EnvoyWorld.StartAsync("--LOG_LEVEL=Information");
        using var log = EntryList.Of(world.Host);
        using var envoy = world.Open(BodySendMode.Buffered);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, fields: ("x-request-id", "abc-1"));
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync();
        await envoy.HearAsync(Kind.ResponseHeaders);
        await envoy.SayResponseBodyAsync("hello"u8.ToArray(), isEnd: true);
        await envoy.HearAsync(Kind.ResponseBody);
        await envoy.CloseAsync();
        await envoy.EndAsync();

        Assert.Equal("abc-1", (await log.AccessLineAsync()).RequestId);
        Assert.Equal("abc-1", log.All.Single(entry => entry.Message.StartsWith("Scanned ", StringComparison.Ordinal)).RequestId);
    }
}
