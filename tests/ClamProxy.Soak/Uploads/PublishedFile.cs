using System.Diagnostics;
using System.Globalization;
using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Soak.Uploads;

/// <summary>
/// A place at the origin that files are put to and asked for again, fresh for an hour: only a PUT that came through the proxy makes what is
/// stored of it stale (RFC 9111 §4.4).
/// </summary>
internal sealed class PublishedFile(int number)
{
    private readonly Lock _gate = new();
    private readonly List<(TestFile File, long Since)> _had = [];

    public string Path => string.Create(CultureInfo.InvariantCulture, $"/place/{number}");

    public string ClientPath => RouteSettings.Publish + Path;

    /// <summary>The origin has it now.</summary>
    public void Put(TestFile file)
    {
        lock (_gate)
        {
            _had.Add((file, Stopwatch.GetTimestamp()));
        }
    }

    /// <summary>What was there from a time stamp on, the last one being there now.</summary>
    public IReadOnlyList<TestFile> Since(long time)
    {
        lock (_gate)
        {
            return [.. _had.Skip(Math.Max(0, _had.FindLastIndex(one => one.Since <= time))).Select(one => one.File)];
        }
    }

    public Task SendAsync(HttpContext context)
    {
        if (Since(long.MaxValue) is not [var file])
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }

        context.Response.Headers.CacheControl = "max-age=3600";
        context.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{file.Seed}\"");
        return FakeOrigin.SendAsync(context, file.Bytes());
    }
}
