using System.Collections.Concurrent;
using ClamProxy.Soak.Documents;
using ClamProxy.Soak.Uploads;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Soak.Worlds;

/// <summary>
/// An upstream that serves every <see cref="TestFile"/> and documents that change, takes uploads, and can be told to stop in the middle of
/// some bodies.
/// </summary>
internal sealed class FileOrigin : IAsyncDisposable
{
    private readonly FakeOrigin _origin;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = [];
    private int _halfway;

    private FileOrigin(FakeOrigin origin)
    {
        _origin = origin;
        origin.KeepsRequests = false;
        origin.Otherwise = ServeAsync;
    }

    public int Port => _origin.Port;

    public DocumentOrigin Documents { get; } = new();

    public UploadOrigin Uploads { get; } = new();

    /// <summary>How many held bodies have come to their middle since the last <see cref="Hold"/>.</summary>
    public int Halfway => Volatile.Read(ref _halfway);

    public static async Task<FileOrigin> StartAsync() => new(await FakeOrigin.StartAsync());

    /// <summary>Stops in the middle of these from now on.</summary>
    public void Hold(IEnumerable<string> paths)
    {
        Volatile.Write(ref _halfway, 0);
        foreach (var path in paths)
        {
            _held[path] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void ReleaseAll()
    {
        foreach (var path in _held.Keys)
        {
            if (_held.TryRemove(path, out var held))
            {
                held.TrySetResult();
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        ReleaseAll();
        return _origin.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (TestFile.Of(context.Request.Path.Value!) is { } file)
        {
            context.Response.Headers.ETag = $"\"{file.Seed}\"";
            await SendAsync(context, file.Bytes());
        }
        else if (!await Documents.TryServeAsync(context, SendAsync) && !await Uploads.TryServeAsync(context, SendAsync))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task SendAsync(HttpContext context, byte[] bytes)
    {
        if (HttpMethods.IsHead(context.Request.Method) || !_held.TryGetValue(context.Request.Path.Value!, out var held))
        {
            await FakeOrigin.SendAsync(context, bytes);
            return;
        }

        var half = bytes.Length / 2;
        context.Response.ContentType ??= "application/octet-stream";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes.AsMemory(0, half), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        Interlocked.Increment(ref _halfway);
        await held.Task.WaitAsync(context.RequestAborted);
        await context.Response.Body.WriteAsync(bytes.AsMemory(half), context.RequestAborted);
    }
}
