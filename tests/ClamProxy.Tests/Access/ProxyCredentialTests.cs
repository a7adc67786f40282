using System.Net;

namespace ClamProxy.Tests.Access;

/// <summary>Who is let in at the proxy's port, and what upstream gets to see of it.</summary>
public sealed class ProxyCredentialTests
{
    public static TheoryData<string> RightOnes => new(
        Secrets.Bearer(Secrets.Token),
        $"bearer   {Secrets.Token}",
        Secrets.Basic("build", Secrets.Token),
        Secrets.Basic("alice", Secrets.Password));

    public static TheoryData<string> WrongOnes => new(
        Secrets.Bearer(Secrets.Token + "x"),
        Secrets.Bearer(Secrets.Token[..^1]),
        Secrets.Bearer(""),
        "Bearer",
        "",
        "Basic",
        "Basic !!!!",
        "Basic YWxpY2U=",
        Secrets.Token,
        Secrets.Basic("builD", Secrets.Token),
        Secrets.Basic("", Secrets.Token),
        Secrets.Basic("alice", Secrets.Password + "x"),
        Secrets.Basic("alice", ""),
        Secrets.Basic("bob", Secrets.Password), Secrets.Basic("build", Secrets.Password), Secrets.Basic("alice", Secrets.Token),
        $"Digest {Secrets.Token}",
        Secrets.Bearer(new string('a', 8_000)),
        $"{Secrets.Bearer(Secrets.Token)}, Bearer x",
        Secrets.Bearer(Secrets.TokenEntry.Split(':')[2]));

    [Theory]
    [MemberData(nameof(RightOnes))]
    public async Task RightCredentials_AreLetInAndNeverForwarded(string credentials)
    {
        await using var world = await StartAsync();
        foreach (var field in new[] { "Authorization", "Proxy-Authorization" })
        {
            Assert.Equal(200, (await world.GetAsync("/file", false, (field, credentials))).Status);
            using var head = world.Request("/file", false, HttpMethod.Head, (field, credentials));
            Assert.Equal(200, (await world.SendAsync(head)).Status);
        }

        Assert.Equal(4, world.Origin.Requests.Count);
        Assert.All(
            world.Origin.Requests,
            request => Assert.DoesNotContain("uthorization", string.Join(' ', request.Headers.Keys), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(WrongOnes))]
    public async Task WrongCredentials_GetAChallengeAndNothingGoesUpstream(string credentials)
    {
        await using var world = await StartAsync();
        foreach (var field in new[] { "Authorization", "Proxy-Authorization" })
        {
            var refused = await world.GetAsync("/file", false, (field, credentials));
            Assert.Equal((401, "urn:clamproxy:problem:unauthorized"), (refused.Status, refused.Problem("type")));
            Assert.Equal("Basic realm=\"ClamProxy\", charset=\"UTF-8\", Bearer realm=\"ClamProxy\"", refused["WWW-Authenticate"]);
        }

        Assert.Empty(world.Origin.Requests);
    }

    [Fact]
    public async Task NoCredentials_GetAChallengeWhateverIsAskedFor()
    {
        await using var world = await StartAsync();
        foreach (
            var (method, path) in new[]
            {
                (HttpMethod.Get, "/file"),
                (HttpMethod.Head, "/file"),
                (HttpMethod.Post, "/file"),
                (HttpMethod.Get, "/route/file"),
                (HttpMethod.Get, "/healthz"),
            })
        {
            using var request = world.Request(path, false, method);
            Assert.Equal(401, (await world.SendAsync(request)).Status);
        }

        Assert.Empty(world.Origin.Requests);
    }

    [Fact]
    public async Task WrongPasswordsOfManyClients_DoNotKeepANewUserOut()
    {
        const int Clients = 60;
        await using var world = await StartAsync("--TRUSTED_PROXIES=127.0.0.1/32", "--ClamProxy:Access:PasswordWait=00:10:00");
        using var patient = new HttpClient { BaseAddress = new UriBuilder(world.Addresses[0]).Uri, Timeout = TimeSpan.FromMinutes(10) };
        using var enough = new CancellationTokenSource();
        var (answered, strangers) = (0, Clients);
        var allAreKnown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var guessing = Enumerable.Range(1, Clients).Select(client => GuessAsync(world, patient, client, Answered, enough.Token)).ToList();
        await allAreKnown.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        // In guesses, not in seconds: one after the other is checked, each as slowly as the machine is busy.
        var before = Volatile.Read(ref answered);
        var honest = await world.GetAsync(
            "/file", false, ("Authorization", Secrets.Basic("alice", Secrets.Password)), ("X-Real-IP", "198.51.100.1"));

        Assert.Equal(200, honest.Status);
        Assert.InRange(Volatile.Read(ref answered) - before, 0, Clients / 2);
        await enough.CancelAsync();
        Assert.All(guessing, one => Assert.False(one.IsFaulted));

        void Answered(int guess)
        {
            Interlocked.Increment(ref answered);
            if (guess == 0 && Interlocked.Decrement(ref strangers) == 0)
            {
                allAreKnown.SetResult();
            }
        }
    }

    [Fact]
    public async Task CredentialsForUpstream_GoThereBesideOurs()
    {
        await using var world = await StartAsync();
        var theirs = Secrets.Basic("someone", "else's");

        Assert.Equal(
            200,
            (
                await world.GetAsync(
                    "/file", false, ("Proxy-Authorization", Secrets.Bearer(Secrets.Token)), ("Authorization", theirs))).Status);

        var seen = Assert.Single(world.Origin.Requests);
        Assert.Equal(theirs, seen.Headers["Authorization"]);
        Assert.DoesNotContain("Proxy-Authorization", seen.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task OursInBothFields_StaysHere()
    {
        await using var world = await StartAsync();
        var ours = Secrets.Bearer(Secrets.Token);

        Assert.Equal(200, (await world.GetAsync("/file", false, ("Proxy-Authorization", ours), ("Authorization", ours))).Status);

        Assert.DoesNotContain("Authorization", Assert.Single(world.Origin.Requests).Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task TwoClients_ShareOneVerdictWhateverTheyShow()
    {
        await using var world = await StartAsync();
        await world.GetAsync("/file", true, ("Authorization", Secrets.Bearer(Secrets.Token)));
        await world.GetAsync("/file", true, ("Authorization", Secrets.Basic("alice", Secrets.Password)));

        Assert.Single(world.Clamd.Contents);
    }

    [Fact]
    public async Task NothingConfigured_AuthorizationIsUpstreams()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", [1, 2, 3]);

        Assert.Equal(200, (await world.GetAsync("/file", false, ("Authorization", "Bearer theirs"))).Status);

        Assert.Equal("Bearer theirs", Assert.Single(world.Origin.Requests).Headers["Authorization"]);
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Basic YnVpbGQ6")]
    public async Task HashOfNothing_LetsNobodyIn(string credentials)
    {
        await using var world = await ProxyWorld.StartAsync(
            "--PROXY_CREDENTIALS=build:sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

        Assert.Equal(401, (await world.GetAsync("/file", false, ("Proxy-Authorization", credentials))).Status);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("alice:hunter2")]
    [InlineData("alice:sha256:hunter2")]
    [InlineData("alice:pbkdf2:99999:00112233445566778899aabbccddeeff:0011223344556677889900112233445566778899001122334455667788990011")]
    [InlineData("alice:pbkdf2:600000:0011:0011223344556677889900112233445566778899001122334455667788990011")]
    [InlineData(":sha256:0011223344556677889900112233445566778899001122334455667788990011")]
    public void WrongEntry_StopsTheStartAndIsNotShown(string entry)
    {
        var (application, problems) = ProxyApplication.Build([$"--PROXY_CREDENTIALS={entry}"]);

        Assert.Null(application);
        Assert.StartsWith("PROXY_CREDENTIALS=***: takes name:sha256:", Assert.Single(problems), StringComparison.Ordinal);
    }

    /// <summary>A client that tries one password after the other.</summary>
    private static async Task GuessAsync(
        ProxyWorld world, HttpClient patient, int client, Action<int> answered, CancellationToken enough)
    {
        for (var guess = 0; !enough.IsCancellationRequested; guess++)
        {
            using var request = world.Request(
                "/file", false, null, ("Authorization", Secrets.Basic("alice", $"guess {guess}")), ("X-Real-IP", $"192.0.2.{client}"));
            using var reply = await patient.SendAsync(request, enough);
            Assert.NotEqual(HttpStatusCode.OK, reply.StatusCode);
            answered(guess);
        }
    }

    private static async Task<ProxyWorld> StartAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(
        [
            $"--PROXY_CREDENTIALS={Secrets.TokenEntry},{Secrets.PasswordEntry}",
            "--ClamProxy:Routes:one:Path=/route",
            "--ClamProxy:Routes:one:Upstream=http://127.0.0.1/",
            .. settings,
        ]);
        world.Origin.On("/file", [1, 2, 3]);
        return world;
    }
}
