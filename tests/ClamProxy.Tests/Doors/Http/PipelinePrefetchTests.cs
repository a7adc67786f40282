using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>
/// Several requests at once on one connection (RFC 9112 §9.3.2): those behind are fetched and scanned while the first is.
/// </summary>
public sealed partial class PipelinePrefetchTests : IDisposable
{
    private const string Prefetches = "clamproxy_gate_prefetches_total";
    private const string Secret = "correct horse";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly TaskCompletionSource _scanned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _asked = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TenRequests_NextAreFetchedWhileTheFirstIsScanned_AnswersInOrder(bool isTls)
    {
        await using var world = await WorldAsync(isTls ? InterimTests.Tls(_folder) : []);
        using var client = await Wire.ConnectAsync(
            world.Addresses.First(address => address.StartsWith("https", StringComparison.Ordinal) == isTls));
        await using var stream = await StreamAsync(client, isTls);

        await stream.WriteAsync(Requests(world, 1, 10));
        await Task.WhenAll(Enumerable.Range(1, 5).Select(WhenAsked)).WaitAsync(Limit);
        Assert.False(Asked(6).Task.IsCompleted, "more than four were fetched before their turn");
        _scanned.SetResult();
        var answers = await ReadAsync(stream, 10);

        Assert.Equal(Enumerable.Range(1, 10).Select(number => $"200 {Content(number)}"), answers);
        Assert.Equal(10, world.Origin.Requests.Count);
        Assert.Equal(10, world.Clamd.Contents.Count);
        if (isTls)
        {
            return;
        }

        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);
        Assert.Equal(10, await world.MetricAsync("clamproxy_gate_requests_total"));
        Assert.InRange(await world.MetricAsync(Prefetches), 4, 9);
    }

    [Fact]
    public async Task AllAreStored_NothingIsFetchedAhead()
    {
        await using var world = await WorldAsync();
        _scanned.SetResult();
        await AskAsync(world, Requests(world, 1, 3), 3);
        var before = await world.MetricAsync(Prefetches);

        var again = await AskAsync(world, Requests(world, 1, 3), 3);

        Assert.Equal(Enumerable.Range(1, 3).Select(number => $"200 {Content(number)}"), again);
        Assert.Equal(3, world.Origin.Requests.Count);
        Assert.Equal(before, await world.MetricAsync(Prefetches));
    }

    [Theory]
    [InlineData("--ClamProxy:PipelinePrefetch=0", true, "Cache-Scan: True")]
    [InlineData("--ClamProxy:PipelinePrefetch=4", false, "Cache-Scan: True")]
    [InlineData("--ClamProxy:PipelinePrefetch=4", true, "Cache-Scan: False")]
    [InlineData("--ClamProxy:PipelinePrefetch=4", true, "Cache-Scan: Revalidate")]
    [InlineData("--ClamProxy:PipelinePrefetch=4", true, "Cache-Scan: True\r\nAuthorization: Basic eDp5")]
    [InlineData("--ClamProxy:PipelinePrefetch=4", true, "Cache-Scan: True\r\nIf-None-Match: \"x\"")]
    [InlineData("--TRUSTED_CLIENTS=192.0.2.1/32", true, "X: y")]
    public async Task OffOrOfNoUse_EachIsFetchedInItsTurn(string setting, bool isStored, string fields)
    {
        await using var world = await WorldAsync(isStored ? [setting] : [setting, "--STORE_PATH="]);
        var seen = 0;
        world.Clamd.OnContent = async (connection, _) =>
        {
            Assert.Equal(Interlocked.Increment(ref seen), world.Origin.Requests.Count);
            await connection.ReplyAsync("stream: OK\0");
        };

        var answers = await AskAsync(world, Requests(world, 1, 3, fields), 3);

        var isRefused = fields == "X: y";
        Assert.All(answers, answer => Assert.StartsWith(isRefused ? "403" : "200", answer, StringComparison.Ordinal));
        Assert.Equal(isRefused ? 0 : 3, world.Origin.Requests.Count);
        Assert.Equal(0, await world.MetricAsync(Prefetches));
        Assert.Equal(isRefused ? 3 : 0, await world.MetricAsync("clamproxy_access_refusals_total"));
    }

    [Fact]
    public async Task ConnectionThatEndsWithTheFirst_NothingBehindItIsFetched()
    {
        await using var world = await WorldAsync();
        _scanned.SetResult();

        var answers = await AskAsync(
            world, [.. Requests(world, 1, 1, "Cache-Scan: True\r\nConnection: close"), .. Requests(world, 2, 2)], 1);

        Assert.Equal([$"200 {Content(1)}"], answers);
        Assert.Single(world.Origin.Requests);
        Assert.Equal(0, await world.MetricAsync(Prefetches));
    }

    [Fact]
    public async Task RequestsThatComeWhileTheFirstWaits_AreFetchedAheadOfTheirTurn()
    {
        await using var world = await WorldAsync();
        using var client = await Wire.ConnectAsync(world.Addresses[0]);
        await client.GetStream().WriteAsync(Requests(world, 1, 1));
        await WhenAsked(1).WaitAsync(Limit);

        await client.GetStream().WriteAsync(Requests(world, 2, 3));
        _scanned.SetResult();
        var answers = await ReadAsync(client.GetStream(), 4);

        Assert.Equal(Enumerable.Range(1, 4).Select(number => $"200 {Content(number)}"), answers);
        Assert.Equal(4, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task SecondIsInfected_ItIsRefusedAndTheOthersAreNot()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/2", Eicar.Bytes);

        var asked = AskAsync(world, Requests(world, 1, 4), 4);
        await WhenAsked(4).WaitAsync(Limit);
        _scanned.SetResult();
        var answers = await asked;

        Assert.Equal([$"200 {Content(1)}", $"200 {Content(3)}", $"200 {Content(4)}"], answers.Where((_, at) => at != 1));
        Assert.StartsWith("409", answers[1], StringComparison.Ordinal);
        Assert.Contains("Eicar-Test-Signature", answers[1], StringComparison.Ordinal);
        Assert.Equal(4, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task OtherCredentials_AreNotFetchedAhead_AndCountOnce()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)));
        await using var world = await WorldAsync($"--PROXY_CREDENTIALS=build:sha256:{hash}");
        byte[] Request(int number, string secret) =>
            Requests(world, number, 1, $"Cache-Scan: True\r\nProxy-Authorization: Bearer {secret}");

        var asked = AskAsync(world, [.. Request(1, Secret), .. Request(2, "wrong"), .. Request(3, Secret)], 3);
        await WhenAsked(3).WaitAsync(Limit);
        _scanned.SetResult();
        var answers = await asked;

        Assert.Equal(["200", "401", "200"], answers.Select(answer => answer[..3]));
        Assert.Equal(["/1", "/3"], world.Origin.Requests.Select(request => request.Target).Order());
        Assert.Equal(1, await world.MetricAsync("clamproxy_access_refusals_total"));
    }

    [Theory]
    [InlineData("--ClamProxy:Download:MaxFlightsPerClient=1")]
    [InlineData("--ClamProxy:Download:MaxFlightsPerUpstream=2")]
    [InlineData("--ClamProxy:Gate:MaxFlights=3")]
    public async Task NoRoomToSpare_EachIsFetchedInItsTurn(string bound)
    {
        await using var world = await WorldAsync(bound);

        var asked = AskAsync(world, Requests(world, 1, 4), 4);
        await world.WaitForMetricAsync(Prefetches, 3);
        Assert.Equal(1, await world.MetricAsync("clamproxy_gate_flights"));
        _scanned.SetResult();

        Assert.Equal(Enumerable.Range(1, 4).Select(number => $"200 {Content(number)}"), await asked);
        Assert.Equal(0, await world.MetricAsync("clamproxy_download_shares_refused_total"));
    }

    [Fact]
    public async Task WhatIsFetchedAheadIsNotKept_NothingMoreIsFetchedAhead()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/2", async context =>
        {
            // Until the others are begun too.
            await Task.WhenAll(WhenAsked(3), WhenAsked(4), WhenAsked(5)).WaitAsync(Limit);
            context.Response.StatusCode = 404;
            await FakeOrigin.SendAsync(context, "none"u8.ToArray());
        });

        var asked = AskAsync(world, Requests(world, 1, 10), 10);
        await world.WaitForMetricAsync(Prefetches, 4);
        _scanned.SetResult();
        var answers = await asked;

        Assert.Equal(Enumerable.Range(1, 10).Select(number => number == 2 ? "404" : "200"), answers.Select(answer => answer[..3]));
        Assert.Equal(11, world.Origin.Requests.Count);
        Assert.Equal(4, await world.MetricAsync(Prefetches));
    }

    [Fact]
    public async Task ClientLeaves_WhatNobodyWaitsForEnds()
    {
        await using var world = await WorldAsync("--ClamProxy:Gate:FinishFrom=100");
        for (var number = 1; number <= 5; number++)
        {
            var asked = Asked(number);
            world.Origin.On($"/{number}", async context =>
            {
                context.Response.ContentLength = 1000;
                await context.Response.Body.WriteAsync(new byte[500], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                asked.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            });
        }

        using (var client = await Wire.ConnectAsync(world.Addresses[0]))
        {
            await client.GetStream().WriteAsync(Requests(world, 1, 5));
            await Task.WhenAll(Enumerable.Range(1, 5).Select(WhenAsked)).WaitAsync(Limit);
        }

        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);
        await world.WaitForMetricAsync(Prefetches, 4);
        Assert.Equal(0, await world.MetricAsync("clamproxy_gate_waiters"));
        await world.WaitForMetricAsync("clamproxy_http_requests_active", 0);
    }

    [Fact]
    public async Task BodyThatLooksLikeRequests_IsNeverReadAsRequests()
    {
        await using var world = await WorldAsync();
        var body = Requests(world, 7, 2);
        var post = Encoding.Latin1.GetBytes($"POST /5 HTTP/1.1\r\nHost: p\r\nContent-Length: {body.Length}\r\n\r\n");

        var asked = AskAsync(world, [.. Requests(world, 1, 2), .. post, .. body, .. Requests(world, 3, 1)], 4);
        await WhenAsked(2).WaitAsync(Limit);
        _scanned.SetResult();
        var answers = await asked;

        Assert.Equal(["200", "200", "405", "200"], answers.Select(answer => answer[..3]));
        Assert.Equal(["/1", "/2", "/3"], world.Origin.Requests.Select(request => request.Target).Order());
    }

    private static string Content(int number) => $"content of {number}";

    /// <summary>Files 1 to 10, the first of which is scanned until it is let go; with a store.</summary>
    private async Task<ProxyWorld> WorldAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync([$"--STORE_PATH={_folder.File("store")}", .. settings]);
        for (var number = 1; number <= 10; number++)
        {
            var (asked, content) = (Asked(number), Encoding.ASCII.GetBytes(Content(number)));
            world.Origin.On($"/{number}", context =>
            {
                asked.TrySetResult();
                return FakeOrigin.SendAsync(context, content);
            });
        }

        world.Clamd.OnContent = async (connection, content) =>
        {
            var isHeld = Encoding.ASCII.GetString(content) == Content(1);
            if (!isHeld || await Task.WhenAny(_scanned.Task, connection.StallAsync()) == _scanned.Task)
            {
                await connection.ReplyAsync("stream: OK\0");
            }
        };
        return world;
    }

    private TaskCompletionSource Asked(int number) => _asked.GetOrAdd(number, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private Task WhenAsked(int number) => Asked(number).Task;

    private static byte[] Requests(ProxyWorld world, int first, int count, string fields = "Cache-Scan: True") => Encoding.Latin1.GetBytes(
        string.Concat(Enumerable.Range(first, count).Select(
            number => $"GET /{number} HTTP/1.1\r\nHost: p\r\nDownload-From: {world.Origin.Url}\r\n{fields}\r\n\r\n")));

    private static async Task<List<string>> AskAsync(ProxyWorld world, byte[] requests, int answers)
    {
        using var client = await Wire.ConnectAsync(world.Addresses[0]);
        await client.GetStream().WriteAsync(requests);
        return await ReadAsync(client.GetStream(), answers);
    }

    /// <summary>Each answer's status and body, which has a length.</summary>
    private static async Task<List<string>> ReadAsync(Stream stream, int count)
    {
        using var tooLong = new CancellationTokenSource(Limit);
        var (answers, text, buffer) = (new List<string>(), "", new byte[16 << 10]);
        while (answers.Count < count)
        {
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var length = end < 0 ? 0 : int.Parse(Length().Match(text[..end]).Groups[1].Value, null);
            if (end >= 0 && text.Length >= end + 4 + length)
            {
                answers.Add($"{text[9..12]} {text.Substring(end + 4, length)}");
                text = text[(end + 4 + length)..];
                continue;
            }

            var read = await stream.ReadAsync(buffer, tooLong.Token);
            Assert.True(read > 0, $"the connection ended after {answers.Count} answers and {text}");
            text += Encoding.Latin1.GetString(buffer, 0, read);
        }

        return answers;
    }

    [GeneratedRegex("\r\nContent-Length: ([0-9]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Length();

    private static async Task<Stream> StreamAsync(TcpClient client, bool isTls)
    {
        if (!isTls)
        {
            return client.GetStream();
        }

        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
#pragma warning disable CA5359 // A test's own certificate.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        });
        return tls;
    }
}
