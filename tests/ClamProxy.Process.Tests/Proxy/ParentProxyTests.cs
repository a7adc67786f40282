using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>A real squid between ClamProxy and its upstreams, which alone knows their names and asks for a password.</summary>
public sealed class ParentProxyTests : IAsyncDisposable
{
    private static readonly byte[] Content = RandomBody.Of(200_000);

    private readonly FakeOriginCertificate _certificate = new();
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();

    public async ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        await _clamd.DisposeAsync();
    }

    [Fact]
    public async Task UpstreamsBehindSquid_AreReachedByNamesThatOnlySquidKnows()
    {
        await using var squid = await SquidProcess.StartAsync("127.0.0.1 mirror.test\n");
        await using var plain = await FakeOrigin.StartAsync();
        await using var secure = await FakeOrigin.StartAsync(_certificate.Server);
        plain.On("/file", Content);
        secure.On("/file", Content);
        await using var proxy = await StartAsync(squid.Url);

        foreach (var url in new[] { $"http://mirror.test:{plain.Port}", $"https://mirror.test:{secure.Port}" })
        {
            using var answer = await proxy.GetAsync("/file", url);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer}\n{squid.Log}\n{proxy.Log}");
            Assert.Equal(Content, await answer.Content.ReadAsByteArrayAsync());
        }

        Assert.Equal("HTTP/2", Assert.Single(secure.Requests).Protocol);
        Assert.DoesNotContain("Proxy-Authorization", Assert.Single(plain.Requests).Headers.Keys);
        Assert.Contains($"GET http://mirror.test:{plain.Port}/file 200 {SquidProcess.User}", squid.Requests);
        Assert.Contains(squid.Requests, line => line.StartsWith($"CONNECT mirror.test:{secure.Port} ", StringComparison.Ordinal));
        Assert.DoesNotContain(SquidProcess.Password, proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatSquidRefuses_IsToldAsItsRefusal()
    {
        await using var squid = await SquidProcess.StartAsync("127.0.0.1 mirror.test\n127.0.0.1 forbidden.test\n");
        await using var proxy = await StartAsync(squid.Url);
        await using var unknown = await StartAsync(squid.Url.Replace(SquidProcess.Password, "another", StringComparison.Ordinal));

        await HoldsAsync(proxy, "https://forbidden.test", HttpStatusCode.Forbidden, "UPSTREAM_PROXY");
        await HoldsAsync(unknown, "https://mirror.test", HttpStatusCode.BadGateway, "407");
        await HoldsAsync(unknown, "http://mirror.test", HttpStatusCode.BadGateway, "407");
        Assert.DoesNotContain("another", unknown.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VariablesOfTheEnvironment_CountWhereTheSettingSaysSo()
    {
        await using var squid = await SquidProcess.StartAsync("127.0.0.1 mirror.test\n");
        await using var plain = await FakeOrigin.StartAsync();
        plain.On("/file", Content);
        await using var proxy = await StartAsync(
            "environment", new() { ["HTTP_PROXY"] = squid.Url, ["NO_PROXY"] = "127.0.0.1" });

        foreach (var host in new[] { "mirror.test", "127.0.0.1" })
        {
            using var answer = await proxy.GetAsync("/file", $"http://{host}:{plain.Port}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal([$"GET http://mirror.test:{plain.Port}/file 200 {SquidProcess.User}"], squid.Requests);
    }

    private static async Task HoldsAsync(ProxyProcess proxy, string url, HttpStatusCode status, string text)
    {
        using var answer = await proxy.GetAsync("/file", url);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status && body.Contains(text, StringComparison.Ordinal), $"{answer}\n{body}\n{proxy.Log}");
    }

    private Task<ProxyProcess> StartAsync(string parent, Dictionary<string, string>? variables = null) =>
        ProxyProcess.StartAsync(new Dictionary<string, string>(variables ?? [])
        {
            ["CLAMD_HOSTS"] = _clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "mirror.test,forbidden.test,127.0.0.1",
            ["ClamProxy__Download__ExtraRootCertificates"] = _certificate.RootFile,
            ["UPSTREAM_PROXY"] = parent,
        });
}
