using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>
/// What one client sends decides nothing about what others get: a field goes upstream and selects the answer, or does neither.
/// </summary>
public sealed class OneClientsFieldsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Baggage")]
    [InlineData("Cache-Control")]
    [InlineData("DNT")]
    [InlineData("Max-Forwards")]
    [InlineData("Pragma")]
    [InlineData("npm-auth-type")]
    [InlineData("npm-session")]
    [InlineData("pacote-version")]
    [InlineData("Priority")]
    [InlineData("Sec-CH-UA")]
    [InlineData("Sec-Fetch-Dest")]
    [InlineData("TraceParent")]
    [InlineData("Upgrade-Insecure-Requests")]
    [InlineData("User-Agent")]
    [InlineData("X-Amzn-Trace-Id")]
    [InlineData("X-Correlation-ID")]
    [InlineData("X-NuGet-Session-Id")]
    [InlineData("X-Request-ID")]
    [InlineData("X-Unheard-Of")]
    [InlineData("Referer")]
    [InlineData("Origin")]
    public async Task FieldThatSelectsNothing_DoesNotReachUpstream(string name)
    {
        await using var world = await StoringWorldAsync();
        world.Origin.On("/file", "file"u8.ToArray());

        await world.GetAsync("/file", cacheScan: true, (name, "one"));
        await world.GetAsync("/file", cacheScan: true, (name, "two"));
        using var head = world.Request("/other", method: HttpMethod.Head, headers: [(name, "one")]);
        await world.SendAsync(head);

        Assert.Equal(["/file", "/other"], world.Origin.Requests.Select(request => request.Target));
        Assert.All(world.Origin.Requests, request => Assert.NotEqual("one", request.Headers.GetValueOrDefault(name)));
        Assert.All(world.Origin.Requests, request => Assert.Matches(@"^ClamProxy/\d+\.\d+\.\d+$", request.Headers["User-Agent"]));
    }

    [Fact]
    public async Task FieldThatUpstreamDislikes_IsNotTheOthersError()
    {
        await using var world = await ProxyWorld.StartAsync();
        var release = new TaskCompletionSource();
        world.Origin.On("/file", async context =>
        {
            await release.Task;
            context.Response.StatusCode = context.Request.Headers.UserAgent.ToString().Length > 1000 ? 400 : 200;
            await context.Response.WriteAsync("file");
        });

        var first = world.GetAsync("/file", headers: ("User-Agent", new string('A', 8000)));
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);
        var second = world.GetAsync("/file");
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 2);
        release.SetResult();

        Assert.Equal((200, 200), ((await first).Status, (await second).Status));
        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task FieldThatUpstreamForbids_EvictsNoIndex()
    {
        await using var world = await IndexWorldAsync();
        world.Origin.On("/index", context =>
        {
            if (context.Request.Headers.UserAgent == "evil")
            {
                context.Response.StatusCode = 403;
                return Task.CompletedTask;
            }

            context.Response.Headers.ETag = "\"1\"";
            return context.Response.WriteAsync("one");
        });
        await AskIndexAsync(world);
        await AskIndexAsync(world, ("User-Agent", "evil"));
        await AskIndexAsync(world, ("Via", "1.1 evil"));
        world.Origin.On("/index", Abort);

        Assert.Equal("one", Encoding.UTF8.GetString((await AskIndexAsync(world)).Body));
    }

    [Fact]
    public async Task HopThatUpstreamForbids_EvictsNoIndex()
    {
        // Another ClamProxy behind this one knows itself by what it said in an answer's Via, which any client has seen.
        const string Hop = "1.1 clamproxy-0123abcd";
        await using var world = await IndexWorldAsync();
        world.Origin.On("/index", context =>
        {
            context.Response.StatusCode = context.Request.Headers.Via.ToString().Contains("0123abcd", StringComparison.Ordinal) ? 403 : 200;
            context.Response.Headers.ETag = "\"1\"";
            return context.Response.WriteAsync("one");
        });
        await AskIndexAsync(world);
        Assert.Equal(403, (await AskIndexAsync(world, ("Via", Hop))).Status);
        world.Origin.On("/index", Abort);

        Assert.Equal("one", Encoding.UTF8.GetString((await AskIndexAsync(world)).Body));
    }

    [Theory]
    [InlineData("User-Agent", "%")]
    [InlineData("X-Forwarded-For", "%")]
    [InlineData("If-None-Match", "\"%\"")]
    [InlineData("If-Unmodified-Since", "%")]
    [InlineData("Via", "1.1 %")]
    [InlineData("Accept", "%")]
    public async Task ReflectedField_ReachesNobodyElse(string name, string form)
    {
        await using var world = await StoringWorldAsync();
        world.Origin.On(
            "/file", context => context.Response.WriteAsync(string.Join('\n', context.Request.Headers.Select(field => $"{field.Value}"))));

        await world.GetAsync("/file", cacheScan: true, (name, form.Replace("%", "reflected", StringComparison.Ordinal)));
        var other = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(200, other.Status);
        Assert.DoesNotContain("reflected", Encoding.UTF8.GetString(other.Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("User-Agent")]
    [InlineData("If-None-Match")]
    public async Task ReflectedSignature_InfectsNobodyElse(string name)
    {
        await using var world = await StoringWorldAsync();
        world.Origin.On("/file", context => context.Response.WriteAsync($"{context.Request.Headers[name]}"));

        await world.GetAsync("/file", cacheScan: true, (name, Encoding.ASCII.GetString(Eicar.Bytes)));

        Assert.Equal(200, (await world.GetAsync("/file", cacheScan: true)).Status);
    }

    [Fact]
    public async Task AnswerThatVariesByAFieldThatIsTheSameForAll_IsOneForAll()
    {
        await using var world = await StoringWorldAsync();
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.Vary = "User-Agent, Accept-Encoding";
            return context.Response.WriteAsync("file");
        });

        await world.GetAsync("/file", cacheScan: true, ("User-Agent", "pip/25"));
        await world.GetAsync("/file", cacheScan: true, ("User-Agent", "uv/1"));

        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task NamedField_GoesUpstreamAndSelects()
    {
        await using var world = await ProxyWorld.StartAsync(origin =>
        [
            $"--STORE_PATH={_folder.File("store")}", "--ClamProxy:ForwardedFields=X-Api-Version",
            "--ClamProxy:Routes:a:Path=/a", $"--ClamProxy:Routes:a:Upstream={origin.Url}/a", "--ClamProxy:Routes:a:CacheScan=true",
            "--ClamProxy:Routes:a:ForwardedFields=User-Agent",
        ]);
        world.Origin.Otherwise = context =>
            context.Response.WriteAsync($"{context.Request.Headers["X-Api-Version"]} {context.Request.Headers.UserAgent}");

        var texts = new List<string>();
        foreach (var (version, agent) in new[] { ("1", "x"), ("1", "x"), ("2", "x"), ("2", "y") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/a/file", UriKind.Relative))
            {
                Headers = { { "X-Api-Version", version }, { "User-Agent", agent } },
            };
            texts.Add(Encoding.UTF8.GetString((await world.SendAsync(request)).Body));
        }

        Assert.Equal(["1 x", "1 x", "2 x", "2 y"], texts);
        Assert.Equal(3, world.Origin.Requests.Count);
    }

    [Theory]
    [InlineData("X-Company-Pass", "alice")]
    [InlineData("X-Unheard-Of", "Bearer abc.def")]
    [InlineData("X-Unheard-Of", "basic YTpi")]
    [InlineData("X-Unheard-Of", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln")]
    [InlineData("X-Unheard-Of", "glpat-abcdefghijklmnop")]
    public async Task CredentialBySettingOrShape_MakesTheAnswerPrivate(string name, string value)
    {
        await using var world = await ProxyWorld.StartAsync(
            $"--STORE_PATH={_folder.File("store")}", "--ClamProxy:CredentialFields=X-Company-Pass");
        world.Origin.On("/file", context => context.Response.WriteAsync($"for {context.Request.Headers[name]}"));

        var first = await world.GetAsync("/file", cacheScan: true, (name, value));
        await world.GetAsync("/file", cacheScan: true, (name, value));
        var other = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(($"for {value}", "for "), (Encoding.UTF8.GetString(first.Body), Encoding.UTF8.GetString(other.Body)));
        Assert.Equal(3, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task ViaOfAClient_IsNoMoreThanTheHopsThatTellALoop()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", "file"u8.ToArray());

        await world.GetAsync("/file", headers: ("Via", "1.1 nginx, HTTP/2 clamproxy-0123abcd (a comment), 1.1 clamproxy-evil, 1.0 x"));

        Assert.Matches("^1.1 clamproxy-0123abcd, 1.1 clamproxy-[0-9a-f]{8}$", world.Origin.Requests.Single().Headers["Via"]);
    }

    [Theory]
    [InlineData("User-Agent", 8200, 1)]
    [InlineData("X-Unheard-Of", 12_000, 1)]
    [InlineData("Accept", 8200, 1)]
    [InlineData("X-{0}", 4000, 5)]
    public async Task FieldsThatAreTooLong_AreAnsweredBeforeAnythingElse(string name, int length, int lines)
    {
        await using var world = await ProxyWorld.StartAsync($"--PROXY_CREDENTIALS={Access.Secrets.TokenEntry}");
        using var request = world.Request("/file");
        for (var line = 0; line < lines; line++)
        {
            request.Headers.TryAddWithoutValidation(
                string.Format(System.Globalization.CultureInfo.InvariantCulture, name, line), new string('A', length));
        }

        var reply = await world.SendAsync(request);

        Assert.Equal((431, "urn:clamproxy:problem:fields-too-large"), (reply.Status, reply.Problem("type")));
        Assert.Empty(world.Origin.Requests);
    }

    [Fact]
    public async Task BoundsOfFields_AreTheOperators()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:MaxRequestField=20K", "--ClamProxy:MaxRequestHeaders=40K");
        world.Origin.On("/file", "file"u8.ToArray());

        Assert.Equal(
            200, (await world.GetAsync("/file", headers: [("X-1", new string('A', 19_000)), ("X-2", new string('A', 19_000))])).Status);
        Assert.Equal(431, (await world.GetAsync("/file", headers: [("X-1", new string('A', 21_000))])).Status);
    }

    private Task<ProxyWorld> StoringWorldAsync() => ProxyWorld.StartAsync($"--STORE_PATH={_folder.File("store")}");

    private Task<ProxyWorld> IndexWorldAsync() => ProxyWorld.StartAsync(origin =>
    [
        $"--STORE_PATH={_folder.File("store")}", "--ClamProxy:Routes:r:Path=/r", $"--ClamProxy:Routes:r:Upstream={origin.Url}",
        "--ClamProxy:Routes:r:Revalidate=true",
        "--ClamProxy:Download:Retries=0",
    ]);

    private static async Task<Reply> AskIndexAsync(ProxyWorld world, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/r/index", UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await world.SendAsync(request).WaitAsync(Limit);
    }

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }
}
