using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Buckets;

/// <summary>A store in memory with the three buckets of one flow, which is told of objects by <c>POST /events</c>.</summary>
internal sealed class BucketRig : IAsyncDisposable
{
    public const string Flow = "uploads";
    public const string Untrusted = "arriving";
    public const string Clean = "clean";
    public const string Quarantine = "quarantine";
    private const string Token = "0123456789abcdef-the-token-of-a-test";

    private BucketRig(FakeS3 store) => Store = store;

    public FakeS3 Store { get; }

    public TempFolder Data { get; } = new();

    public static async Task<BucketRig> StartAsync() => new(await FakeS3.StartAsync());

    /// <summary>The settings of a process with the flow.</summary>
    public string[] Settings(params string[] others) =>
    [
        "--DOORS=proxy,api,buckets",
        $"--DATA_PATH={Data.Path}",
        "--ClamProxy:Objects:MinFree=0",
        $"--S3_ENDPOINT_URL={Store.Url}",
        "--S3_ACCESS_KEY=key",
        "--S3_SECRET_KEY=secret",
        "--ClamProxy:S3:Attempts=1",
        Of("Untrusted", $"s3://{Untrusted}"),
        Of("Clean", $"s3://{Clean}"),
        Of("Quarantine", $"s3://{Quarantine}"),
        Of("Source", "webhook"),
        Of("Token", Token),
        .. others,
    ];

    public static string Of(string option, string value) => $"--ClamProxy:Buckets:{Flow}:{option}={value}";

    /// <summary>Tells the flow of an object, as Amazon S3 writes it.</summary>
    public static async Task<Reply> TellAsync(ProxyWorld world, string key, string bucket = Untrusted)
    {
        using var client = new HttpClient { BaseAddress = new UriBuilder(world.Addresses[2]).Uri };
        return await TellAsync(client, key, bucket);
    }

    /// <param name="client">Asks the port of the API.</param>
    public static async Task<Reply> TellAsync(HttpClient client, string key, string bucket = Untrusted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/events", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        request.Content = new StringContent(EventOf(bucket, key), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await client.SendAsync(request);
        return await Reply.ReadAsync(answer);
    }

    /// <summary>Puts an object and tells the flow of it.</summary>
    public async Task PutAsync(ProxyWorld world, string key, FakeS3Object content)
    {
        Store.Put(Untrusted, key, content);
        Assert.Equal(202, (await TellAsync(world, key)).Status);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Data.Dispose();
    }

    private static string EventOf(string bucket, string key) => JsonSerializer.Serialize(new
    {
        Records = new[]
        {
            new
            {
                eventSource = "aws:s3",
                eventName = "ObjectCreated:Put",
                s3 = new { bucket = new { name = bucket }, @object = new { key = WebUtility.UrlEncode(key) } },
            },
        },
    });
}
