using System.Net.Http.Json;
using System.Text.Json;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>Callbacks between real processes: one that accepts jobs, and workers that are killed.</summary>
public sealed class CallbackProcessTests : IAsyncDisposable
{
    private readonly TempFolder _data = new();
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();
    private readonly int _port = FreePort.Next();

    [Fact]
    public async Task WorkerIsKilledWhileItTells_AnotherTellsWithTheSameIdAndTheSecretIsInNoLog()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        receiver.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        await using var api = await StartAsync("proxy,api");
        await using var worker = await StartAsync("proxy,worker");

        var id = await UploadAsync($"{receiver.Url}?token=hidden");
        var first = await receiver.NextAsync();
        await worker.KillAsync();
        receiver.AnswerWith(StatusCodes.Status200OK);
        await using var another = await StartAsync("proxy,worker");
        var second = await receiver.NextAsync();

        Assert.Equal((id, "CLEAN"), (Text(second.Data, "id"), Text(second.Data, "status")));
        Assert.Equal(first.Id, second.Id);
        Assert.True(first.IsSignedBy(CallbackReceiver.Secret) && second.IsSignedBy(CallbackReceiver.Secret));
        var callback = await SettledAsync(id);
        Assert.Equal("delivered", Text(callback, "status"));
        foreach (var process in new[] { api, worker, another })
        {
            Assert.DoesNotContain("hidden", process.Log, StringComparison.Ordinal);
            Assert.DoesNotContain(CallbackReceiver.Secret[6..], process.Log, StringComparison.Ordinal);
        }
    }

    /// <summary>Accepted by one process, scanned and told by another, with Redis alone between them.</summary>
    [Fact]
    public async Task JobsOnRedisAndReceiverFailsAtFirst_ItIsToldWithTheSameIdUntilItTakesIt()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var receiver = await CallbackReceiver.StartAsync();
        receiver.AnswerWith(StatusCodes.Status500InternalServerError);
        await using var api = await StartAsync("api", redis.Url);
        await using var worker = await StartAsync("worker", redis.Url);

        var id = await UploadAsync(receiver.Url);
        var first = await receiver.NextAsync();
        receiver.AnswerWith(StatusCodes.Status204NoContent);
        var callback = await SettledAsync(id);
        var second = await receiver.NextAsync();

        Assert.Equal("delivered", Text(callback, "status"));
        Assert.Equal((first.Id, id, "CLEAN"), (second.Id, Text(second.Data, "id"), Text(second.Data, "status")));
        Assert.True(first.IsSignedBy(CallbackReceiver.Secret) && second.IsSignedBy(CallbackReceiver.Secret));
        Assert.Equal("CLEAN", Text(await ResultAsync(id), "status"));
    }

    public async ValueTask DisposeAsync()
    {
        await _clamd.DisposeAsync();
        _data.Dispose();
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private Task<ProxyProcess> StartAsync(string doors, string queue = "") => ProxyProcess.StartAsync(new Dictionary<string, string>
    {
        ["DOORS"] = doors,
        ["API_PORT"] = $"{_port}",
        ["DATA_PATH"] = _data.Path,
        ["QUEUE_URL"] = queue,
        ["CLAMD_HOSTS"] = _clamd.Endpoint,
        ["CALLBACK_SECRETS"] = CallbackReceiver.Secret,
        ["CALLBACK_TARGETS"] = "127.0.0.1",
        ["ClamProxy__Callbacks__Timeout"] = "1s",
        ["ClamProxy__Callbacks__Pauses"] = "500ms,1s,5s,5s,5s",
        ["ClamProxy__Objects__MinFree"] = "0",
    });

    private async Task<string> UploadAsync(string callback)
    {
        using var client = new HttpClient();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(RandomBody.Of(10_000)), "file", "file.bin" },
            { new StringContent(callback), "callback" },
        };
        using var answer = await client.PostAsync(Address("/upload"), form, TestContext.Current.CancellationToken);
        Assert.Equal(202, (int)answer.StatusCode);
        return Text(await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken), "id")!;
    }

    private async Task<JsonElement> ResultAsync(string id)
    {
        using var client = new HttpClient();
        return await client.GetFromJsonAsync<JsonElement>(Address($"/result/{id}"), TestContext.Current.CancellationToken);
    }

    private async Task<JsonElement> SettledAsync(string id)
    {
        using var client = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var list = await client.GetFromJsonAsync<JsonElement>(Address($"/webhooks/{id}"), limit.Token);
            var callback = Assert.Single(list.GetProperty("callbacks").EnumerateArray());
            if (Text(callback, "status") is not ("waiting" or "due"))
            {
                return callback;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private Uri Address(string path) => new UriBuilder("http", "127.0.0.1", _port, path).Uri;
}
