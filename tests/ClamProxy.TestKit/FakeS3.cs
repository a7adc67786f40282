using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace ClamProxy.TestKit;

/// <summary>
/// A store in memory that speaks as much S3 as flows of buckets ask for. It has every bucket, no versions, looks at no signature, and at
/// conditions as AWS does.
/// </summary>
public sealed class FakeS3 : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Bucket, string Key), FakeS3Object> _objects = [];
    private readonly Dictionary<string, SortedDictionary<int, byte[]>> _uploads = [];
    private readonly WebApplication _app;

    private FakeS3()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, Port);
            server.Limits.MaxRequestBodySize = null;
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public int Port { get; } = FreePort.Next();

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>The status and the error code that a request is refused by; null: it is not.</summary>
    public Func<S3Request, (int Status, string Code)?> Refuse { get; set; } = static _ => null;

    /// <summary>Awaited before a request is answered.</summary>
    public Func<S3Request, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public static async Task<FakeS3> StartAsync()
    {
        var store = new FakeS3();
        await store._app.StartAsync();
        return store;
    }

    public FakeS3Object? Find(string bucket, string key)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault((bucket, key));
        }
    }

    public void Put(string bucket, string key, FakeS3Object content)
    {
        lock (_lock)
        {
            _objects[(bucket, key)] = content;
        }
    }

    public void Delete(string bucket, string key)
    {
        lock (_lock)
        {
            _objects.Remove((bucket, key));
        }
    }

    public IReadOnlyList<string> Keys(string bucket)
    {
        lock (_lock)
        {
            return [.. _objects.Keys.Where(at => at.Bucket == bucket).Select(at => at.Key).Order(StringComparer.Ordinal)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var asked = new S3Request(context.Request.Method, target, context.Request.Headers.ContainsKey("x-amz-copy-source"));
        await Before(asked);
        if (Refuse(asked) is { } refusal)
        {
            await new FakeS3Answer(refusal.Status, refusal.Code).SendAsync(context);
            return;
        }

        var body = await FakeS3Body.ReadAsync(context.Request);
        var at = PlaceOf(context.Request.Path.Value!);
        var answer = at.Key.Length == 0 ? OfBucket(context.Request, at.Bucket) : asked.Operation switch
        {
            "HeadObject" or "GetObject" => Read(context, at),
            "GetObjectTagging" => Tags(at),
            "PutObjectTagging" => Tag(at, body),
            "PutObject" => Put(context.Request, at, new FakeS3Object(body)),
            "CopyObject" => Copy(context.Request, at),
            "DeleteObject" => Delete(context.Request, at),
            "CreateMultipartUpload" => Open(),
            "UploadPart" => AddPart(context.Request, body),
            "CompleteMultipartUpload" => Complete(context.Request, at),
            "AbortMultipartUpload" => Abort(context.Request),
            _ => new FakeS3Answer(501, "NotImplemented"),
        };
        await answer.SendAsync(context);
    }

    private FakeS3Answer OfBucket(HttpRequest request, string bucket)
    {
        if (request.Query.ContainsKey("versioning"))
        {
            return new FakeS3Answer(200) { Xml = new XElement("VersioningConfiguration") };
        }

        var prefix = request.Query["prefix"].ToString();
        var keys = Keys(bucket).Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        return new FakeS3Answer(200)
        {
            Xml = new XElement(
                "ListBucketResult",
                new XElement("Name", bucket),
                new XElement("KeyCount", keys.Count),
                new XElement("IsTruncated", false),
                keys.Select(key => new XElement("Contents", new XElement("Key", key), new XElement("Size", 1)))),
        };
    }

    private FakeS3Answer Read(HttpContext context, (string Bucket, string Key) at)
    {
        if (Find(at.Bucket, at.Key) is not { } found)
        {
            return new FakeS3Answer(404, "NoSuchKey");
        }

        if (context.Request.Headers.IfMatch.ToString() is { Length: > 0 } wanted && wanted != found.ETag)
        {
            return new FakeS3Answer(412, "PreconditionFailed");
        }

        foreach (var (name, value) in found.Fields)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.Headers.ETag = found.ETag;
        context.Response.Headers.LastModified = found.At.ToString("R", CultureInfo.InvariantCulture);
        var range = context.Request.GetTypedHeaders().Range?.Ranges.Single();
        var (from, end) = range is null ? (0, found.Bytes.Length) : ((int)range.From!.Value, (int)range.To!.Value + 1);
        if (range is not null)
        {
            context.Response.Headers.ContentRange = $"bytes {from}-{end - 1}/{found.Bytes.Length}";
        }

        return new FakeS3Answer(range is null ? 200 : 206) { Bytes = found.Bytes[from..end], CutAfter = found.CutAfter - from };
    }

    private FakeS3Answer Tags((string Bucket, string Key) at) => Find(at.Bucket, at.Key) is not { } found
        ? new FakeS3Answer(404, "NoSuchKey")
        : new FakeS3Answer(200)
        {
            Xml = new XElement("Tagging", new XElement("TagSet", found.Tags.Select(
                tag => new XElement("Tag", new XElement("Key", tag.Key), new XElement("Value", tag.Value))))),
        };

    private FakeS3Answer Tag((string Bucket, string Key) at, byte[] body)
    {
        using var text = new MemoryStream(body);
        var tags = XDocument.Load(text).Descendants().Where(one => one.Name.LocalName == "Tag").ToDictionary(
            tag => tag.Elements().First(one => one.Name.LocalName == "Key").Value,
            tag => tag.Elements().First(one => one.Name.LocalName == "Value").Value);
        lock (_lock)
        {
            if (_objects.GetValueOrDefault(at) is not { } found)
            {
                return new FakeS3Answer(404, "NoSuchKey");
            }

            _objects[at] = found with { Tags = tags };
            return new FakeS3Answer(200);
        }
    }

    private FakeS3Answer Put(HttpRequest request, (string Bucket, string Key) at, FakeS3Object content)
    {
        content = content with
        {
            Tags = QueryHelpers.ParseQuery(request.Headers["x-amz-tagging"]).ToDictionary(tag => tag.Key, tag => tag.Value.ToString()),
            Fields = request.Headers.Where(field => IsKept(field.Key)).ToDictionary(field => field.Key, field => field.Value.ToString()),
        };
        lock (_lock)
        {
            var there = _objects.GetValueOrDefault(at);
            if (request.Headers.IfNoneMatch.Count > 0 && there is not null)
            {
                return new FakeS3Answer(412, "PreconditionFailed");
            }

            if (request.Headers.IfMatch.ToString() is { Length: > 0 } replaced && there?.ETag != replaced)
            {
                return there is null ? new FakeS3Answer(404, "NoSuchKey") : new FakeS3Answer(412, "PreconditionFailed");
            }

            _objects[at] = content;
            return new FakeS3Answer(200) { ETag = content.ETag };
        }
    }

    private FakeS3Answer Copy(HttpRequest request, (string Bucket, string Key) at)
    {
        var from = PlaceOf("/" + Uri.UnescapeDataString(request.Headers["x-amz-copy-source"].ToString()).TrimStart('/'));
        if (Find(from.Bucket, from.Key) is not { } found)
        {
            return new FakeS3Answer(404, "NoSuchKey");
        }

        if (request.Headers["x-amz-copy-source-if-match"].ToString() is { Length: > 0 } wanted && wanted != found.ETag)
        {
            return new FakeS3Answer(412, "PreconditionFailed");
        }

        var put = Put(request, at, new FakeS3Object(found.Bytes));
        return put.ETag is null ? put : put with { Xml = new XElement("CopyObjectResult", new XElement("ETag", put.ETag)) };
    }

    private FakeS3Answer Delete(HttpRequest request, (string Bucket, string Key) at)
    {
        lock (_lock)
        {
            if (request.Headers.IfMatch.ToString() is { Length: > 0 } wanted && _objects.GetValueOrDefault(at)?.ETag != wanted)
            {
                return new FakeS3Answer(412, "PreconditionFailed");
            }

            _objects.Remove(at);
            return new FakeS3Answer(204);
        }
    }

    private FakeS3Answer Open()
    {
        var id = $"{Guid.NewGuid():N}";
        lock (_lock)
        {
            _uploads.Add(id, []);
        }

        return new FakeS3Answer(200) { Xml = new XElement("InitiateMultipartUploadResult", new XElement("UploadId", id)) };
    }

    private FakeS3Answer AddPart(HttpRequest request, byte[] body)
    {
        lock (_lock)
        {
            if (!_uploads.TryGetValue(request.Query["uploadId"].ToString(), out var parts))
            {
                return new FakeS3Answer(404, "NoSuchUpload");
            }

            parts[int.Parse(request.Query["partNumber"].ToString(), CultureInfo.InvariantCulture)] = body;
            return new FakeS3Answer(200) { ETag = $"\"{Guid.NewGuid():N}-1\"" };
        }
    }

    private FakeS3Answer Complete(HttpRequest request, (string Bucket, string Key) at)
    {
        lock (_lock)
        {
            var id = request.Query["uploadId"].ToString();
            if (!_uploads.TryGetValue(id, out var parts))
            {
                return new FakeS3Answer(404, "NoSuchUpload");
            }

            var put = Put(request, at, new FakeS3Object([.. parts.Values.SelectMany(part => part)]));
            if (put.ETag is null)
            {
                return put;
            }

            _uploads.Remove(id);
            return put with { Xml = new XElement("CompleteMultipartUploadResult", new XElement("ETag", put.ETag)) };
        }
    }

    private FakeS3Answer Abort(HttpRequest request)
    {
        lock (_lock)
        {
            return _uploads.Remove(request.Query["uploadId"].ToString()) ? new FakeS3Answer(204) : new FakeS3Answer(404, "NoSuchUpload");
        }
    }

    private static bool IsKept(string name) =>
        name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase);

    private static (string Bucket, string Key) PlaceOf(string path) =>
        path[1..].Split('/', 2) is [var bucket, var key] ? (bucket, key) : (path[1..], "");
}
