using System.Collections.Concurrent;
using ClamProxy.Soak.Worlds;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Soak.Uploads;

/// <summary>The origin that uploads are meant for. It knows what every body has to be, and keeps whatever should not have come.</summary>
internal sealed class UploadOrigin
{
    private readonly ConcurrentDictionary<string, int> _taken = [];
    private readonly ConcurrentDictionary<string, PublishedFile> _published = [];
    private readonly ConcurrentQueue<string> _breaches = [];
    private int _made;

    /// <summary>What reached the origin since the last call and should not have: infected, changed, or for the second time.</summary>
    public IReadOnlyList<string> TakeBreaches()
    {
        List<string> taken = [];
        while (_breaches.TryDequeue(out var breach))
        {
            taken.Add(breach);
        }

        return taken;
    }

    /// <summary>How many bodies came whole.</summary>
    public int Taken => _taken.Values.Sum();

    /// <summary>A place that nobody has put anything to.</summary>
    public PublishedFile MakePlace()
    {
        var place = new PublishedFile(Interlocked.Increment(ref _made));
        _published[place.Path] = place;
        return place;
    }

    /// <summary>Whether its body came whole.</summary>
    public bool Has(Upload upload) => _taken.ContainsKey(upload.Path);

    /// <summary>Answers what is an upload, or asks for one.</summary>
    /// <param name="send">Sends a body that comes whole.</param>
    /// <returns>Whether it did.</returns>
    public async Task<bool> TryServeAsync(HttpContext context, Func<HttpContext, byte[], Task> send)
    {
        var path = context.Request.Path.Value!;
        if (_published.TryGetValue(path, out var place))
        {
            await (HttpMethods.IsPut(context.Request.Method) ? PutAsync(context, place) : place.SendAsync(context));
            return true;
        }

        if (Upload.Of(path) is not { } upload)
        {
            return false;
        }

        if (await TakeAsync(context, path, upload.File.IsInfected, upload.Body()))
        {
            context.Response.StatusCode = StatusCodes.Status201Created;
            await send(context, upload.Reply.Bytes());
        }

        return true;
    }

    private async Task PutAsync(HttpContext context, PublishedFile place)
    {
        var name = context.Request.Headers.ContentDisposition.ToString();
        if (TestFile.Of(name) is not { } file)
        {
            _breaches.Enqueue($"{place.Path}: a body that nobody sent, {name}");
            return;
        }

        if (await TakeAsync(context, place.Path + name, file.IsInfected, file.Bytes()))
        {
            place.Put(file);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task<bool> TakeAsync(HttpContext context, string name, bool isInfected, byte[] expected)
    {
        if (isInfected)
        {
            _breaches.Enqueue($"{name}: infected, and reached the origin");
        }

        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A body that breaks off is none, but what came of it has to be right.
            Compare(name, body, expected, isWhole: false);
            return false;
        }

        Compare(name, body, expected, isWhole: true);
        if (_taken.AddOrUpdate(name, 1, (_, count) => count + 1) > 1)
        {
            _breaches.Enqueue($"{name}: came twice");
        }

        return true;
    }

    private void Compare(string name, MemoryStream body, byte[] expected, bool isWhole)
    {
        var came = body.GetBuffer().AsSpan(0, (int)body.Length);
        if (!(isWhole ? came.SequenceEqual(expected) : expected.AsSpan().StartsWith(came)))
        {
            _breaches.Enqueue($"{name}: {body.Length} bytes that are not the {expected.Length} that were sent");
        }
    }
}
