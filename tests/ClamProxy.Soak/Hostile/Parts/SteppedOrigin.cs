using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>An upstream of one wheel that answers each request for it differently, with the same validators.</summary>
internal sealed class SteppedOrigin : IAsyncDisposable
{
    private readonly FakeOrigin _origin;
    private int _asked;

    private SteppedOrigin(FakeOrigin origin) => _origin = origin;

    public string Url => _origin.Url;

    /// <summary>How often the wheel was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <param name="pinned">The hash that the index page pins; null for none.</param>
    /// <param name="answer">Answers a GET of the wheel, given its number: 1 for the first.</param>
    public static async Task<SteppedOrigin> StartAsync(
        VariantWheel wheel, string? pinned, Func<HttpContext, int, Task> answer)
    {
        var stepped = new SteppedOrigin(await FakeOrigin.StartAsync());
        stepped._origin.On(wheel.Page, context =>
        {
            context.Response.ContentType = "text/html";
            return FakeOrigin.SendAsync(context, wheel.Index(pinned));
        });
        stepped._origin.On(wheel.Path, context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            context.Response.Headers.LastModified = "Wed, 01 Jan 2025 00:00:00 GMT";
            return HttpMethods.IsHead(context.Request.Method)
                ? FakeOrigin.SendAsync(context, wheel.Clean())
                : answer(context, Interlocked.Increment(ref stepped._asked));
        });
        return stepped;
    }

    /// <summary>Sends so much of a file, is silent, and then sends the rest or cuts it off.</summary>
    /// <param name="first">Bytes before the silence.</param>
    /// <param name="isCut">The connection ends in place of the rest.</param>
    public static async Task PauseAsync(HttpContext context, byte[] file, int first, TimeSpan silence, bool isCut)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = file.Length;
        await context.Response.Body.WriteAsync(file.AsMemory(0, first), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(silence, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isCut)
        {
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(file.AsMemory(first), context.RequestAborted);
    }

    /// <summary>Sends a file evenly over a time.</summary>
    public static async Task DripAsync(HttpContext context, byte[] file, TimeSpan time, bool isChunked = false)
    {
        const int Steps = 20;
        context.Response.ContentType ??= "application/octet-stream";
        context.Response.ContentLength = isChunked ? null : file.Length;
        for (var step = 0; step < Steps; step++)
        {
            var (from, to) = ((int)((long)file.Length * step / Steps), (int)((long)file.Length * (step + 1) / Steps));
            await context.Response.Body.WriteAsync(file.AsMemory(from, to - from), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(time / Steps, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask DisposeAsync() => _origin.DisposeAsync();
}
