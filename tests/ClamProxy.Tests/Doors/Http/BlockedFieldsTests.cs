using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>
/// Fields of upstream's by which it would command a server in front of ClamProxy, speak for ClamProxy, or speak for all routes to a
/// browser.
/// </summary>
public sealed class BlockedFieldsTests
{
    public static TheoryData<string> Names =>
    [
        "X-Accel-Redirect", "X-Accel-Buffering", "X-Sendfile", "X-Sendfile2", "X-Sendfile-Temporary", "X-LIGHTTPD-send-file",
        "X-LIGHTTPD-send-tempfile", "X-Reproxy-URL",
        "X-LiteSpeed-Location", "X-Envoy-Immediate-Health-Check-Fail", "Surrogate-Control", "Edge-Control", "Clear-Site-Data",
        "Service-Worker-Allowed", "Alt-Svc",
        "Strict-Transport-Security", "Public-Key-Pins", "Public-Key-Pins-Report-Only", "Expect-CT", "Report-To", "Reporting-Endpoints",
        "NEL", "Set-Cookie2", "Set-Login",
        "Accept-CH", "Critical-CH", "Origin-Agent-Cluster", "Origin-Trial", "Refresh", "Proxy-Authenticate", "Proxy-Authentication-Info",
        "Proxy-Status", "Cache-Status",
        "Scan-Verdict", "Repr-Digest", "Server-Timing", "Keep-Alive",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task FieldThatStopsHere_ReachesNoClientInAnySpelling(string name)
    {
        await using var world = await ProxyWorld.StartAsync();
        var status = 200;
        world.Origin.On("/file", async context =>
        {
            context.Response.StatusCode = status;
            foreach (var spelling in Spellings(name))
            {
                context.Response.Headers.Append(spelling, "evil");
            }

            if (status == 200)
            {
                await FakeOrigin.SendAsync(context, "file"u8.ToArray());
            }
        });

        using var head = world.Request("/file", method: HttpMethod.Head);
        Reply[] whole =
        [
            await world.GetAsync("/file"), await world.SendAsync(head), await world.GetAsync("/file", headers: ("Range", "bytes=1-2"))
        ];
        status = 304;
        var unmodified = await world.GetAsync("/file", headers: ("If-None-Match", "\"x\""));

        Assert.Equal([200, 200, 206, 304], whole.Append(unmodified).Select(reply => reply.Status));
        Assert.All(
            whole.Append(unmodified),
            reply => Assert.DoesNotContain(reply.Headers, field => field.Value.Contains("evil", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Spellings(string name) => new[]
    {
        name, name.ToLowerInvariant(), name.ToUpperInvariant(), name.Replace('-', '_'), name.ToUpperInvariant().Replace('-', '_'),
        name.IndexOf('-', StringComparison.Ordinal) is var dash and >= 0
            ? $"{name[..dash]}_{name[(dash + 1)..]}"
            : name, name.Replace('-', '.'),
    }.Distinct(StringComparer.OrdinalIgnoreCase);
}
