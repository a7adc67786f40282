using System.Net.Http.Headers;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>ClamProxy with a route whose upstream is a place in a bucket: <c>/files</c> for <c>s3://bucket/prefix</c>.</summary>
internal sealed class ServedBucket : IAsyncDisposable
{
    private readonly FakeClamd _clamd;
    private readonly ProxyProcess _proxy;

    private ServedBucket(FakeClamd clamd, ProxyProcess proxy) => (_clamd, _proxy) = (clamd, proxy);

    public string Log => _proxy.Log;

    public static async Task<ServedBucket> StartAsync(BucketRig bucket)
    {
        var clamd = FakeClamd.OnTcp();
        return new ServedBucket(clamd, await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["S3_ENDPOINT_URL"] = bucket.Options.EndpointUrl,
            ["S3_ACCESS_KEY"] = bucket.Options.AccessKey,
            ["S3_SECRET_KEY"] = bucket.Options.SecretKey,
            ["ClamProxy__Routes__files__Path"] = "/files",
            ["ClamProxy__Routes__files__Upstream"] = $"s3://{bucket.Bucket}/{bucket.Prefix}",
        }));
    }

    /// <param name="path">Sent as it is.</param>
    /// <param name="method">GET where it is null.</param>
    /// <param name="from">The first byte that is wanted; null: all.</param>
    /// <param name="fields">Further header fields.</param>
    public async Task<HttpResponseMessage> SendAsync(
        string path, HttpMethod? method = null, long? from = null, IReadOnlyDictionary<string, string>? fields = null)
    {
        Uri.TryCreate(
            $"http://127.0.0.1:{_proxy.Port}{path}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true },
            out var url);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, url);
        request.Headers.Range = from is null ? null : new RangeHeaderValue(from, null);
        foreach (var (name, value) in fields ?? new Dictionary<string, string>())
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> GetAsync(string path, long? from = null) => SendAsync(path, from: from);

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _clamd.DisposeAsync();
    }
}
