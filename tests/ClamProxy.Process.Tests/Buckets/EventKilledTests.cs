using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>A process that answered 202 to <c>POST /events</c> and is killed: the next one scans the object.</summary>
public sealed class EventKilledTests
{
    private const string Key = "a/file.txt";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly byte[] Fine = [.. "fine"u8];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KilledBetweenTheAnswerAndTheScan_TheNextProcessScans(bool isTaken)
    {
        await using var store = await FakeS3.StartAsync();
        await using var clamd = FakeClamd.OnTcp();
        using var data = new TempFolder();
        var asked = new TaskCompletionSource();
        store.Before = request =>
        {
            if (request is { Bucket: "arriving", Operation: "HeadObject" } && request.Target.EndsWith(Key, StringComparison.Ordinal))
            {
                asked.TrySetResult();
            }

            return Task.CompletedTask;
        };
        clamd.OnContent = (connection, _) => connection.StallAsync();
        store.Put("arriving", Key, new FakeS3Object(Fine));
        var settings = Settings(store, clamd, data);

        // Without a scanner no message is taken.
        var first = new Dictionary<string, string>(settings);
        first["CLAMD_HOSTS"] = isTaken ? clamd.Endpoint : $"tcp://127.0.0.1:{FreePort.Next()}";
        await using (var killed = await ProxyProcess.StartAsync(first, waitUntilReady: isTaken))
        {
            Assert.Equal(HttpStatusCode.Accepted, await TellAsync(settings["API_PORT"]));
            if (isTaken)
            {
                await asked.Task.WaitAsync(Limit, Cancelled);
            }

            await killed.KillAsync();
        }

        Assert.Equal(isTaken, asked.Task.IsCompleted);
        Assert.NotNull(store.Find("arriving", Key));
        clamd.OnContent = null;
        await using var next = await ProxyProcess.StartAsync(settings);

        await FlowRig.UntilAsync(() => Task.FromResult(store.Find("arriving", Key) is null));
        Assert.Equal(Fine, store.Find("clean", Key)!.Bytes);
        Assert.Empty(store.Keys("quarantine"));
    }

    private static async Task<HttpStatusCode> TellAsync(string port)
    {
        using var client = new HttpClient();
        var url = new UriBuilder("http", "127.0.0.1", int.Parse(port, CultureInfo.InvariantCulture), "/events").Uri;
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", EventWorld.Token);
        request.Content = new StringContent(FlowRig.EventOf("arriving", Key));
        using var answer = await client.SendAsync(request, Cancelled);
        return answer.StatusCode;
    }

    private static Dictionary<string, string> Settings(FakeS3 store, FakeClamd clamd, TempFolder data) => new()
    {
        ["CLAMD_HOSTS"] = clamd.Endpoint,
        ["DOORS"] = "api,buckets",
        ["API_PORT"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
        ["DATA_PATH"] = data.File("data"),
        ["SPOOL_PATH"] = Directory.CreateDirectory(data.File("spool")).FullName,
        ["ClamProxy__Objects__MinFree"] = "0",
        ["S3_ENDPOINT_URL"] = store.Url,
        ["S3_ACCESS_KEY"] = "key",
        ["S3_SECRET_KEY"] = "secret",
        ["ClamProxy__Buckets__uploads__Untrusted"] = "s3://arriving",
        ["ClamProxy__Buckets__uploads__Clean"] = "s3://clean",
        ["ClamProxy__Buckets__uploads__Quarantine"] = "s3://quarantine",
        ["ClamProxy__Buckets__uploads__Source"] = "webhook",
        ["ClamProxy__Buckets__uploads__Token"] = EventWorld.Token,
        ["ClamProxy__Buckets__uploads__HiddenFor"] = "10s",
    };
}
