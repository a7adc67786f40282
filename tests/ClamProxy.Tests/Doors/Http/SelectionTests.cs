using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>
/// An answer is selected by its URL, by what its Vary names and by credentials (RFC 9111 §4.1, decision 0052): nothing else defeats the
/// store and sharing, and nobody gets an answer that varies by a field of which he has another value.
/// </summary>
public sealed class SelectionTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FieldsThatDifferEachTime_AreOneDownloadAndFoundAgain()
    {
        string[] names =
        [
            "X-Amzn-Trace-Id", "b3", "X-B3-TraceId", "X-B3-SpanId", "X-B3-ParentSpanId", "X-B3-Sampled", "X-B3-Flags", "X-Datadog-Trace-Id",
            "X-Datadog-Parent-Id", "X-Datadog-Sampling-Priority", "X-Datadog-Origin", "X-Datadog-Tags", "CF-Ray", "CF-Connecting-IP",
            "CF-IPCountry", "CF-Visitor", "True-Client-IP", "Forwarded", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto",
            "X-Cloud-Trace-Context", "X-Envoy-External-Address", "X-Envoy-Attempt-Count", "X-Envoy-Expected-Rq-Timeout-Ms", "npm-scope",
            "npm-command", "npm-session", "npm-in-ci", "Traceparent", "Tracestate", "Baggage", "Sentry-Trace", "Uber-Trace-Id", "newrelic",
            "elastic-apm-traceparent", "X-Ot-Span-Context", "Grpc-Trace-Bin", "X-Request-Id", "X-Request-Start", "X-Correlation-Id",
            "X-Client-Trace-Id", "X-Azure-Ref", "X-Azure-SocketIP", "X-ARR-LOG-ID", "Fastly-Client-IP", "X-Varnish", "X-Real-IP",
            "X-Cluster-Client-IP", "X-Akamai-Request-Id", "Incap-Client-IP", "X-SigSci-RequestId", "X-NuGet-Session-Id", "Cdn-Loop",
            "Accept-Language",
        ];
        await using var world = await StoringWorldAsync();
        var release = new TaskCompletionSource();
        world.Origin.On("/file", async context =>
        {
            await release.Task;
            await context.Response.WriteAsync("file");
        });

        var replies = Enumerable.Range(0, 20).Select(AskAsync).ToList();
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 20);
        release.SetResult();

        Assert.All(await Task.WhenAll(replies), reply => Assert.Equal("file", Text(reply)));
        var later = await AskAsync(20);
        Assert.Equal("ClamProxy; hit; detail=store", later["Cache-Status"]);
        Assert.Single(world.Origin.Requests);

        Task<Reply> AskAsync(int number) => world.GetAsync(
            "/file", cacheScan: true, [.. names.Select(name => (name, name == "Accept-Language" ? $"x-{number}" : $"1-{number}"))]);
    }

    [Theory]
    [InlineData("Accept", "application/json, text/html; q=0.1, */*;q=0.01", "*/*")]
    [InlineData("Accept-Language", "de-AT, de;q=0.8, *;q=0.1", "en-US")]
    public async Task AnswerVariesByNoneOfThem_IsOneForAll(string name, string one, string other)
    {
        await using var world = await StoringWorldAsync();
        world.Origin.On("/file", "file"u8.ToArray());

        await world.GetAsync("/file", cacheScan: true, (name, one));
        var second = await world.GetAsync("/file", cacheScan: true, (name, other));
        var third = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(("file", "file"), (Text(second), Text(third)));
        Assert.Single(world.Origin.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnswerVaries_EachValueHasItsOwnAndAllAreKept(bool hasStore)
    {
        await using var world = hasStore ? await StoringWorldAsync() : await ProxyWorld.StartAsync();
        AnswerByAccept(world);

        foreach (var accept in new[] { "text/a", "text/b", "text/a", "text/b", "" })
        {
            Assert.Equal($"for {accept}", Text(await AskAsync(accept)));
        }

        // The language is nothing that it varies by.
        Assert.Equal("for text/b", Text(await AskAsync("text/b", ("Accept-Language", "de"))));
        Assert.Equal(hasStore ? 3 : 6, world.Origin.Requests.Count);
        Assert.Equal(3, world.Clamd.Contents.Count);

        Task<Reply> AskAsync(string accept, params (string, string)[] others) =>
            world.GetAsync("/file", cacheScan: true, accept.Length > 0 ? [("Accept", accept), .. others] : others);
    }

    [Fact]
    public async Task OneVariantIsInfected_TheOtherIsNotAndBothAreRemembered()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.Vary = "Accept";
            await FakeOrigin.SendAsync(context, context.Request.Headers.Accept == "text/bad" ? Eicar.Bytes : "file"u8.ToArray());
        });

        foreach (var (accept, status) in new[] { ("text/bad", 409), ("text/good", 200), ("text/bad", 409), ("text/good", 200) })
        {
            Assert.Equal(status, (await world.GetAsync("/file", cacheScan: true, ("Accept", accept))).Status);
        }

        Assert.Single(world.Origin.Requests, request => request.Headers["Accept"] == "text/bad");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HeadOfASharedDownloadVaries_OthersGetADownloadOfTheirOwn(bool cacheScan)
    {
        await using var world = await StoringWorldAsync();
        var (ofA, ofB) = (new TaskCompletionSource(), new TaskCompletionSource());
        AnswerByAccept(world, accept => accept == "text/a" ? ofA.Task : ofB.Task);

        var replies = new List<Task<Reply>>();
        foreach (var accept in new[] { "text/a", "text/b", "text/a", "text/b", "text/b" })
        {
            replies.Add(world.GetAsync("/file", cacheScan, ("Accept", accept)));
            await world.WaitForMetricAsync("clamproxy_gate_waiters", replies.Count);
        }

        Assert.Single(world.Origin.Requests);
        ofA.SetResult();
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 3);
        ofB.SetResult();

        Assert.Equal(
            ["for text/a", "for text/b", "for text/a", "for text/b", "for text/b"], (await Task.WhenAll(replies)).Select(Text));
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Theory]
    [InlineData(404, true)]
    [InlineData(500, true)]
    [InlineData(403, false)]
    [InlineData(0, false)]
    public async Task ErrorThatOneClientsFieldMayHaveCaused_IsNotTheOthers(int status, bool cacheScan)
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Download:Retries=0");
        var (ofStrange, ofOthers) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Origin.On("/file", async context =>
        {
            var isStrange = context.Request.Headers.Accept == "text/strange";
            await (isStrange ? ofStrange.Task : ofOthers.Task);
            if (isStrange && status == 0)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = isStrange ? status : 200;
            await context.Response.WriteAsync("file");
        });

        var strange = world.GetAsync("/file", cacheScan, ("Accept", "text/strange"));
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);
        var others = new[] { world.GetAsync("/file", cacheScan), world.GetAsync("/file", cacheScan) };
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 3);
        ofStrange.SetResult();
        Assert.NotEqual(200, (await strange).Status);
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 2);
        ofOthers.SetResult();

        Assert.All(await Task.WhenAll(others), reply => Assert.Equal(200, reply.Status));
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task DownloadBegunAfreshVaries_IsNotGivenToAnother()
    {
        await using var world = await ProxyWorld.StartAsync(
            "--PATIENCE_SECONDS=0", "--HOLD_BACK_BYTES=1K", "--ClamProxy:Gate:TrickleInterval=1ms");
        var content = RandomBody.Of(200_000);
        var release = new TaskCompletionSource();
        var number = 0;
        world.Origin.On("/file", async context =>
        {
            context.Response.ContentLength = content.Length;
            if (Interlocked.Increment(ref number) == 1)
            {
                await context.Response.Body.WriteAsync(content.AsMemory(0, 2000));
                await release.Task;
                context.Abort();
                return;
            }

            context.Response.Headers.Vary = "Accept";
            context.Response.Headers["X-For"] = context.Request.Headers.Accept;
            await FakeOrigin.SendAsync(context, content);
        });

        // Ranges of several parts are not trickled.
        var first = world.GetAsync("/file", headers: [("Accept", "text/a"), ("Range", "bytes=0-9,20-29")]);
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);
        var second = world.GetAsync("/file", headers: [("Accept", "text/b"), ("Range", "bytes=0-9,20-29")]);
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 2);
        release.SetResult();

        Assert.Equal(("text/a", "text/b"), ((await first)["X-For"], (await second)["X-For"]));
    }

    [Theory]
    [InlineData("Accept", "reflected")]
    [InlineData("Accept", "text/html, <reflected>")]
    [InlineData("Accept", "text/html; x=\"reflected\"")]
    [InlineData("Accept-Language", "en, reflected text")]
    public async Task ValueThatIsNoOrdinaryOne_SelectsWhateverUpstreamSays(string name, string value)
    {
        await using var world = await StoringWorldAsync();
        world.Origin.On("/file", context => context.Response.WriteAsync($"{context.Request.Headers[name]}"));

        await world.GetAsync("/file", cacheScan: true, (name, value));

        Assert.Equal("", Text(await world.GetAsync("/file", cacheScan: true)));
    }

    [Fact]
    public async Task NeutralFieldThatIsForwarded_SelectsOnlyWhereVaryNamesIt()
    {
        await using var world = await ProxyWorld.StartAsync(
            $"--STORE_PATH={_folder.File("store")}",
            "--ClamProxy:ForwardedFields=X-Request-Key",
            "--ClamProxy:NeutralFields=X-Request-Key");
        world.Origin.On("/file", "file"u8.ToArray());
        world.Origin.On("/varies", context =>
        {
            context.Response.Headers.Vary = "X-Request-Key";
            return context.Response.WriteAsync($"for {context.Request.Headers["X-Request-Key"]}");
        });

        foreach (var key in new[] { "1", "2" })
        {
            Assert.Equal("file", Text(await world.GetAsync("/file", cacheScan: true, ("X-Request-Key", key))));
            Assert.Equal($"for {key}", Text(await world.GetAsync("/varies", cacheScan: true, ("X-Request-Key", key))));
        }

        Assert.Equal(
            ["1"], world.Origin.Requests.Where(request => request.Target == "/file").Select(request => request.Headers["X-Request-Key"]));
    }

    [Fact]
    public async Task AcceptIsNamedInForwardedFields_SelectsAlways()
    {
        await using var world = await ProxyWorld.StartAsync(
            $"--STORE_PATH={_folder.File("store")}", "--ClamProxy:ForwardedFields=Accept");
        world.Origin.On("/file", context => context.Response.WriteAsync($"for {context.Request.Headers.Accept}"));

        await world.GetAsync("/file", cacheScan: true, ("Accept", "text/a"));

        Assert.Equal("for text/b", Text(await world.GetAsync("/file", cacheScan: true, ("Accept", "text/b"))));
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("cookie")]
    [InlineData("X-Pass")]
    [InlineData("Download-From")]
    [InlineData("not a name")]
    public void FieldThatCannotBeNeutral_StopsTheStart(string name)
    {
        var (application, problems) = ProxyApplication.Build(
            [$"--ClamProxy:NeutralFields={name}", "--ClamProxy:CredentialFields=X-Pass"]);

        Assert.Null(application);
        Assert.Contains("NeutralFields", Assert.Single(problems), StringComparison.Ordinal);
    }

    private static void AnswerByAccept(ProxyWorld world, Func<string, Task>? release = null) =>
        world.Origin.On("/file", async context =>
        {
            var accept = context.Request.Headers.Accept.ToString();
            await (release?.Invoke(accept) ?? Task.CompletedTask);
            context.Response.Headers.Vary = "accept-encoding, Accept";
            await context.Response.WriteAsync($"for {accept}");
        });

    private Task<ProxyWorld> StoringWorldAsync() => ProxyWorld.StartAsync($"--STORE_PATH={_folder.File("store")}");

    private static string Text(Reply reply) => Encoding.UTF8.GetString(reply.Body);
}
