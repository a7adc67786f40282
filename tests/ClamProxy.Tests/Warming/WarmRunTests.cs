using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamProxy.Commands;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Warming;

public sealed class WarmRunTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly byte[] Content = "some file"u8.ToArray();
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));

    private FakeOrigin _upstream = null!;
    private WarmingWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await FakeOrigin.StartAsync();
        _world = await WarmingWorld.StartAsync(_upstream);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task SecondTime_EveryFileIsAHitAlsoForPip()
    {
        _upstream.On("/a/b/file.tar.gz", Content);
        Assert.Equal(CommandExit.Clean, await _world.WarmAsync($"{_upstream.Url}/a/b/file.tar.gz#sha256={Sha256}\n"));
        Assert.Equal(["9 B", "clean", "miss"], _world.Row($"{_upstream.Url}/a/b/file.tar.gz")[1..4]);
        Assert.Contains("1 files, 9 B in ", _world.Output.ToString(), StringComparison.Ordinal);

        _world.Output.GetStringBuilder().Clear();
        Assert.Equal(CommandExit.Clean, await _world.WarmAsync($"{_upstream.Url}/a/b/file.tar.gz\n"));
        Assert.Equal("hit", _world.Row($"{_upstream.Url}/a/b/file.tar.gz")[3]);

        using var pip = new HttpRequestMessage(HttpMethod.Get, new Uri("/pypi-files/a/b/file.tar.gz", UriKind.Relative));
        pip.Headers.TryAddWithoutValidation("Accept", "*/*");
        pip.Headers.TryAddWithoutValidation("User-Agent", "pip/25");
        Assert.Contains("; hit; detail=url-verdict", (await _world.Proxy.SendAsync(pip))["Cache-Status"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusedMissingAndOtherFile_AreToldApart()
    {
        _upstream.On("/bad", Eicar.Bytes).On("/other", Content);
        var exit = await _world.WarmAsync(
            $"{_upstream.Url}/bad\n{_upstream.Url}/none\n{_upstream.Url}/other#sha256={new string('0', 64)}\n");

        Assert.Equal(CommandExit.Refused, exit);
        Assert.Equal("Infected Eicar-Test-Signature", _world.Row($"{_upstream.Url}/bad")[2]);
        Assert.Equal("404 Not Found", _world.Row($"{_upstream.Url}/none")[2]);
        Assert.Equal("hash mismatch", _world.Row($"{_upstream.Url}/other")[2]);
        Assert.Contains("0 clean, 1 refused, 2 failed", _world.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyFailures_EndWithTwo() => Assert.Equal(CommandExit.Failed, await _world.WarmAsync($"{_upstream.Url}/none\n"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requirement_IsResolvedByItsHashThroughTheRoute(bool isJson)
    {
        _upstream.On("/packages/some_project-1.0-py3-none-any.whl", Content).On("/packages/some_project-1.0.tar.gz", "another"u8.ToArray());
        Index("some-project", isJson, ("some_project-1.0-py3-none-any.whl", Sha256), ("some_project-1.0.tar.gz", new string('1', 64)));

        Assert.Equal(CommandExit.Clean, await _world.WarmAsync($"Some.Project==1.0 --hash=sha256:{Sha256}\n"));
        Assert.Equal(["9 B", "clean"], _world.Row("some_project-1.0-py3-none-any.whl")[1..3]);
        Assert.DoesNotContain("tar.gz", _world.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequirementWithoutHashes_StandsForEveryFileOfItsVersion()
    {
        _upstream.On("/packages/p-1.0.zip", Content).On("/packages/p-1.0-py3-none-any.whl", Content);
        Index("p", true, ("p-1.0.zip", Sha256), ("p-1.0-py3-none-any.whl", Sha256), ("p-1.1.zip", Sha256));
        Assert.Equal(CommandExit.Clean, await _world.WarmAsync("p==1\n"));
        Assert.Contains("2 files, ", _world.Output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p==9\n", "the index has no file of this version")]
    [InlineData(
        "p==1.0 --hash=sha256:2222222222222222222222222222222222222222222222222222222222222222\n",
        "no file of the index has one of the line's hashes")]
    [InlineData("unknown==1\n", "404 Not Found")]
    public async Task RequirementThatNobodyHas_Fails(string line, string why)
    {
        Index("p", true, ("p-1.0.zip", Sha256));
        Assert.Equal(CommandExit.Failed, await _world.WarmAsync(line));
        Assert.Contains(why, _world.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NpmLock_IsAskedForAtTheRouteAndChecked()
    {
        _upstream.On("/a/-/a-1.0.0.tgz", Content);
        var integrity = "sha512-" + Convert.ToBase64String(SHA512.HashData(Content));
        var text =
            $$"""{ "lockfileVersion": 3, "packages": { "node_modules/a": { "version": "1.0.0", "resolved": "https://npm.example.org/a/-/a-1.0.0.tgz", "integrity": "{{integrity}}" } } }""";
        Assert.Equal(CommandExit.Clean, await _world.WarmAsync(text));
        Assert.Equal(["9 B", "clean"], _world.Row("a 1.0.0")[1..3]);
    }

    [Fact]
    public async Task SignedNuGetPackage_IsCheckedByTheHashItHadBefore()
    {
        var (unsigned, signed) = Packages.Signed();
        _upstream.On("/v3-flatcontainer/p/1.0.0/p.1.0.0.nupkg", signed).On("/v3-flatcontainer/q/1.0.0/q.1.0.0.nupkg", signed);
        var hash = Convert.ToBase64String(SHA512.HashData(unsigned));
        var text = $$"""
            { "version": 1, "dependencies": { "net10.0": { "P": { "type": "Direct", "resolved": "1.0.0", "contentHash": "{{hash}}" },
              "Q": { "type": "Direct", "resolved": "1.0.0", "contentHash": "{{Convert.ToBase64String(new byte[64])}}" } } } }
            """;
        Assert.Equal(CommandExit.Failed, await _world.WarmAsync(text));
        Assert.Equal("clean", _world.Row("P 1.0.0")[2]);
        Assert.Equal("hash mismatch", _world.Row("Q 1.0.0")[2]);
    }

    [Theory]
    [InlineData("https://clam.example.org/ci/nuget/v3/content/")]
    [InlineData("content")]
    [InlineData("{upstream}/v3/content")]
    public async Task NuGetSource_SaysItselfWhereItsPackagesAre(string address)
    {
        var resources = new object[]
        {
            new { type = "x" },
            new Dictionary<string, string>
            {
                ["@type"] = "PackageBaseAddress/3.0.0",
                ["@id"] = address.Replace("{upstream}", _upstream.Url, StringComparison.Ordinal),
            },
        };
        _upstream.On(
            "/v3/index.json", JsonSerializer.SerializeToUtf8Bytes(new { resources })).On("/v3/content/p/1.0.0/p.1.0.0.nupkg", Content);
        var exit = await _world.WarmAsync(
            """{ "version": 1, "dependencies": { "net10.0": { "P": { "type": "Direct", "resolved": "1.0.0" } } } }""");
        Assert.True(exit == CommandExit.Clean, _world.Output.ToString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{ \"resources\": [ 3, { \"@type\": 3 } ] }")]
    [InlineData("{")]
    public async Task NuGetIndexThatSaysNothing_LeavesThePlaceOfNuGetOrg(string index)
    {
        _upstream.On("/v3/index.json", Encoding.UTF8.GetBytes(index)).On("/v3-flatcontainer/p/1.0.0/p.1.0.0.nupkg", Content);
        Assert.Equal(
            CommandExit.Clean,
            await _world.WarmAsync(
                """{ "version": 1, "dependencies": { "net10.0": { "P": { "type": "Direct", "resolved": "1.0.0" } } } }"""));
    }

    [Fact]
    public async Task AnswerOfSomebodyElse_IsNotTakenForClean()
    {
        _upstream.On("/file", Content);
        Assert.Equal(CommandExit.Failed, await _world.WarmAsync("https://example.org/file\n", via: _upstream.Url));
        Assert.Equal("not scanned", _world.Row("https://example.org/file")[2]);
    }

    [Fact]
    public async Task NobodyListening_FailsEveryFileAndSaysWhere()
    {
        var via = $"http://127.0.0.1:{FreePort.Next()}";
        Assert.Equal(CommandExit.Failed, await _world.WarmAsync("https://example.org/file\n", via));
        Assert.Contains($"{via}: Connection refused", _world.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileThatNeverEnds_EndsAtItsTimeout()
    {
        _upstream.On("/slow", context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var exit = await _world.WarmAsync($"{_upstream.Url}/slow\n", timeout: TimeSpan.FromSeconds(1)).WaitAsync(Limit);
        Assert.Equal(CommandExit.Failed, exit);
        Assert.Equal("no answer", _world.Row($"{_upstream.Url}/slow")[2]);
    }

    [Fact]
    public async Task Interrupt_EndsWithASummaryOfWhatWasDone()
    {
        using var stop = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        _upstream.On("/slow", context =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var run = _world.WarmAsync($"{_upstream.Url}/slow\n", cancellationToken: stop.Token);
        await asked.Task.WaitAsync(Limit);
        await stop.CancelAsync();
        Assert.Equal(CommandExit.Failed, await run.WaitAsync(Limit));
        Assert.Contains("0 clean, 0 refused, 0 failed, 1 interrupted", _world.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnreadableList_AsksForNothing()
    {
        _upstream.On("/file", Content);
        Assert.Equal(CommandExit.Usage, await _world.WarmAsync($"{_upstream.Url}/file\nrequests\n"));
        Assert.Contains("/list:2: 'requests' is not pinned", _world.Progress.ToString(), StringComparison.Ordinal);
        Assert.Empty(_upstream.Requests);
    }

    [Fact]
    public async Task Progress_IsALineForEachFileAndABarOnATerminal()
    {
        _upstream.On("/file", Content);
        await _world.WarmAsync($"{_upstream.Url}/file\n");
        Assert.Equal($"1/1 clean: {_upstream.Url}/file\n", _world.Progress.ToString());
        await _world.WarmAsync($"{_upstream.Url}/file\n", isTerminal: true);
        Assert.Contains("\r[##############################] 1/1", _world.Progress.ToString(), StringComparison.Ordinal);
    }

    private void Index(string project, bool isJson, params (string Name, string Sha256)[] files)
    {
        var json = JsonSerializer.Serialize(new
        {
            files = files.Select(
                file => new { filename = file.Name, url = $"{_upstream.Url}/packages/{file.Name}", hashes = new { sha256 = file.Sha256 } }),
        });
        var html = string.Concat(files.Select(file => $"<a href=\"../../packages/{file.Name}#sha256={file.Sha256}\">{file.Name}</a>"));
        _upstream.On($"/simple/{project}/", context =>
        {
            context.Response.ContentType = isJson ? "application/vnd.pypi.simple.v1+json" : "text/html";
            return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(isJson ? json : html));
        });
    }

    [Fact]
    public async Task AddressesInTheProxysCertificate_AreNotFetched()
    {
        await using var server = new FakeCertificateServer();
        using var chain = new FakeCertificateChain(server);
        await using var proxy = new TlsOrigin(chain.Context(withIntermediate: false));
        await using var world = await WarmingWorld.StartAsync();

        var code = await world.WarmAsync("https://files.example.org/pub/a.tar.gz\n", via: proxy.Url);

        Assert.Equal(CommandExit.Failed, code);
        Assert.Equal(0, server.Connections);
        Assert.False(chain.IsIntermediateKept);
    }
}
