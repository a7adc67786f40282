using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Reloading;

/// <summary>SIGHUP reads the configuration again; a transfer under way is not cut, and a wrong file changes nothing.</summary>
public sealed class HangUpTests : IDisposable
{
    // More than all buffers between upstream and a client that does not read.
    private const int Length = 64 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TransferUnderWay_SurvivesTheReloadThatTakesItsRoute()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var origin = await FakeOrigin.StartAsync();
        await using var clamd = FakeClamd.OnTcp();
        var content = RandomBody.Of(Length);
        origin.On("/file", content);
        Write($$"""{ "old": { "Path": "/old", "Upstream": "{{origin.Url}}" } }""");
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["DOTNET_CONTENTROOT"] = _folder.Path,
            ["RELOAD_INTERVAL"] = "0",
        });

        // Begun, and not read to its end.
        using var begun = await proxy.Client.GetAsync(
            new Uri("/old/file", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancelled);
        await using var body = await begun.Content.ReadAsStreamAsync(cancelled);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        hash.AppendData(buffer, 0, await body.ReadAtLeastAsync(buffer, buffer.Length, cancellationToken: cancelled));

        Write($$"""{ "new": { "Path": "/new", "Upstream": "{{origin.Url}}" } }""");
        proxy.HangUp();
        await UntilAsync(proxy, "The configuration was reloaded (SIGHUP)");
        Assert.Equal((400, 200), (await StatusAsync(proxy, "/old/file"), await StatusAsync(proxy, "/new/file")));

        await File.WriteAllTextAsync(_folder.File("appsettings.json"), "{ \"ClamProxy\": ", cancelled);
        proxy.HangUp();
        await UntilAsync(proxy, "the one before stays in force");
        Assert.Equal(200, await StatusAsync(proxy, "/new/file"));
        Assert.True(await proxy.AnswersAsync("/readyz"));

        for (int read; (read = await body.ReadAsync(buffer, cancelled)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }

        Assert.Equal(SHA256.HashData(content), hash.GetHashAndReset());
    }

    private void Write(string routes) =>
        File.WriteAllText(_folder.File("appsettings.json"), $$"""{ "ClamProxy": { "Routes": {{routes}} } }""");

    private static async Task<int> StatusAsync(ProxyProcess proxy, string path)
    {
        using var answer = await proxy.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    private static async Task UntilAsync(ProxyProcess proxy, string line)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Limit);
        while (!proxy.Log.Contains(line, StringComparison.Ordinal))
        {
            await Task.Delay(50, late.Token);
        }
    }
}
