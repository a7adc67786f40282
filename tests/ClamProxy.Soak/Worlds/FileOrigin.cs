using System.Collections.Concurrent;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Soak.Worlds;

/// <summary>An upstream that serves every <see cref="TestFile"/>, and can be told to stop in the middle of some.</summary>
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

    /// <summary>How many held bodies have come to their middle since the last <see cref="Hold"/>.</summary>
    public int Halfway => Volatile.Read(ref _halfway);

    public static async Task<FileOrigin> StartAsync() => new(await FakeOrigin.StartAsync());

    /// <summary>Stops in the middle of these from now on.</summary>
    public void Hold(IEnumerable<TestFile> files)
    {
        Volatile.Write(ref _halfway, 0);
        foreach (var file in files)
        {
            _held[file.Path] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Goes on with this one.</summary>
    public void Release(TestFile file)
    {
        if (_held.TryRemove(file.Path, out var held))
        {
            held.TrySetResult();
        }
    }

    public void ReleaseAll()
    {
        foreach (var path in _held.Keys)
        {
            Release(TestFile.Of(path)!);
        }
    }

    public ValueTask DisposeAsync()
    {
        ReleaseAll();
        return _origin.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (TestFile.Of(context.Request.Path.Value!) is not { } file)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var bytes = file.Bytes();
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.ETag = $"\"{file.Seed}\"";
        if (_held.TryGetValue(file.Path, out var held))
        {
            var half = bytes.Length / 2;
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, half), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            Interlocked.Increment(ref _halfway);
            await held.Task.WaitAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync(bytes.AsMemory(half), context.RequestAborted);
            return;
        }

        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
