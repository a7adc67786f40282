using System.Diagnostics;
using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Telemetry;

/// <summary>Who listens, listens to every host of this process: these tests run when no others do.</summary>
[Collection(Alone.Name)]
public sealed class SpanTests
{
    private const string Secret = "s3cret-of-the-query";
    private static readonly byte[] Content = [1, 2, 3];

    [Fact]
    public async Task ColdFile_HasASpanForEachStepInTheClientsTrace()
    {
        using var all = new SpanList();
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", Content);
        var (field, trace, parent) = SpanList.NewTrace();

        var reply = await world.GetAsync("/file", cacheScan: true, ("traceparent", field));

        Assert.Equal(200, reply.Status);
        var spans = await all.OfAsync(trace, SpanList.ServerSpan, "clamproxy.flight");
        var server = Assert.Single(spans, span => span.OperationName == SpanList.ServerSpan && span.ParentSpanId.ToHexString() == parent);
        Assert.Equal("GET", server.DisplayName);
        Assert.Equal(200, server.GetTagItem("http.response.status_code"));
        foreach (var name in new[] { "clamproxy.lookup", "clamproxy.wait", "clamproxy.flight", "clamproxy.deliver" })
        {
            Assert.Equal(server.SpanId, Assert.Single(spans, span => span.OperationName == name).ParentSpanId);
        }

        var flight = spans.Single(span => span.OperationName == "clamproxy.flight");
        Assert.Equal(flight.SpanId, Assert.Single(spans, span => span.OperationName == "clamproxy.fetch").ParentSpanId);
        Assert.Equal(flight.SpanId, Assert.Single(spans, span => span.OperationName == "clamproxy.scan").ParentSpanId);
        Assert.Equal("clean", spans.Single(span => span.OperationName == "clamproxy.scan").GetTagItem("clamproxy.verdict"));
        Assert.Equal("whole", spans.Single(span => span.OperationName == "clamproxy.deliver").GetTagItem("clamproxy.answer"));
    }

    [Fact]
    public async Task QueryAndCredentials_AreInNoSpan()
    {
        using var all = new SpanList();
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", Content);
        var (field, trace, _) = SpanList.NewTrace();

        await world.GetAsync(
            $"/file?token={Secret}", cacheScan: true,
            ("traceparent", field), ("Authorization", $"Bearer {Secret}"), ("Cookie", $"a={Secret}"), ("X-Api-Key", Secret));

        var spans = await all.OfAsync(trace, SpanList.ServerSpan, "clamproxy.flight");
        Assert.Equal($"{world.Origin.Url}/file", spans.Single(span => span.OperationName == "clamproxy.fetch").GetTagItem("url.full"));
        foreach (var text in spans.SelectMany(span => span.TagObjects
            .Select(tag => $"{tag.Value}").Concat([span.DisplayName, span.StatusDescription ?? ""])))
        {
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SecondWaiter_IsLinkedToTheFlightOfTheFirst()
    {
        using var all = new SpanList();
        await using var world = await ProxyWorld.StartAsync();
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Origin.On("/file", async context =>
        {
            await mayAnswer.Task;
            await FakeOrigin.SendAsync(context, Content);
        });
        var (first, second) = (SpanList.NewTrace(), SpanList.NewTrace());

        var leading = world.GetAsync("/file", cacheScan: true, ("traceparent", first.Field));
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);
        var waiting = world.GetAsync("/file", cacheScan: true, ("traceparent", second.Field));
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 2);
        mayAnswer.SetResult();
        Assert.All(await Task.WhenAll(leading, waiting), reply => Assert.Equal(200, reply.Status));

        var flight = (await all.OfAsync(first.TraceId, "clamproxy.flight")).Single(span => span.OperationName == "clamproxy.flight");
        var others = await all.OfAsync(second.TraceId, SpanList.ServerSpan);
        var link = Assert.Single(others.Single(span => span.OperationName == "clamproxy.wait").Links);
        Assert.Equal((flight.TraceId, flight.SpanId), (link.Context.TraceId, link.Context.SpanId));
        Assert.DoesNotContain(others, span => span.OperationName is "clamproxy.flight" or "clamproxy.fetch" or "clamproxy.scan");
    }

    [Fact]
    public async Task FailedFetch_SaysWhyByAWordOfAClosedSet()
    {
        using var all = new SpanList();
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var (field, trace, _) = SpanList.NewTrace();

        var reply = await world.GetAsync("/file", cacheScan: false, ("traceparent", field));

        var spans = await all.OfAsync(trace, SpanList.ServerSpan, "clamproxy.flight");
        var fetch = spans.Last(span => span.OperationName == "clamproxy.fetch");
        Assert.Equal(ActivityStatusCode.Error, fetch.Status);
        Assert.Equal(reply.Problem("type"), $"urn:clamproxy:problem:{fetch.GetTagItem("error.type")}");
        var server = spans.Single(span => span.OperationName == SpanList.ServerSpan && span.ParentSpanId.ToHexString() == SpanOf(field));
        Assert.Equal("502", server.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Upstream_IsSentNoFieldOfTheTrace()
    {
        using var all = new SpanList();
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", Content);
        var (field, _, _) = SpanList.NewTrace();
        using var head = world.Request("/head", method: HttpMethod.Head, headers: ("traceparent", field));

        await world.GetAsync("/file", cacheScan: true);
        await world.SendAsync(head);

        Assert.Equal(2, world.Origin.Requests.Count);
        Assert.All(
            world.Origin.Requests,
            request => Assert.DoesNotContain(request.Headers, header =>
                header.Key.ToUpperInvariant() is "TRACEPARENT" or "TRACESTATE" or "BAGGAGE" or "REQUEST-ID" or "CORRELATION-CONTEXT"));
    }

    [Fact]
    public async Task ProbesAndScrapes_AreNotRecorded()
    {
        using var all = new SpanList();
        await using var world = await ProxyWorld.StartAsync();
        var (field, trace, _) = SpanList.NewTrace();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "traceparent", field } } };

        using var answer = await world.Management.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var spans = await all.OfAsync(trace, SpanList.ServerSpan);
        Assert.All(spans.Where(span => span.OperationName == SpanList.ServerSpan), span => Assert.False(span.Recorded));
    }

    [Theory]
    [InlineData("application/json", "\"traceId\":\"{0}\"")]
    [InlineData("text/plain", "traceId: {0}\n")]
    [InlineData("text/html", "Give this id to your operator: <code>{0}</code>")]
    public async Task Problem_NamesTheTrace(string accept, string shown)
    {
        using var all = new SpanList();
        await using var world = await ProxyWorld.StartAsync();
        var (field, trace, _) = SpanList.NewTrace();
        using var request = world.Request("/file", headers: [("traceparent", field), ("Accept", accept)]);
        request.Headers.Remove("Cache-Scan");
        request.Headers.TryAddWithoutValidation("Cache-Scan", "perhaps");

        var reply = await world.SendAsync(request);

        Assert.Equal(400, reply.Status);
        var body = System.Text.Encoding.UTF8.GetString(reply.Body);
        Assert.Contains(shown.Replace("{0}", trace, StringComparison.Ordinal), body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyListens_NoActivityIsMade()
    {
        // Logs are on: ASP.NET Core would make an activity for each request then.
        await using var world = await ProxyWorld.StartAsync("--LOG_LEVEL=Critical");
        var (field, _, _) = SpanList.NewTrace();
        using var request = world.Request("/file", headers: ("traceparent", field));
        request.Headers.Remove("Cache-Scan");
        request.Headers.TryAddWithoutValidation("Cache-Scan", "perhaps");

        var reply = await world.SendAsync(request);

        Assert.Equal(400, reply.Status);
        Assert.Null(reply.Problem("traceId"));
    }

    private static string SpanOf(string traceparent) => traceparent.Split('-')[2];
}
