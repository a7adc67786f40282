using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// An upstream whose answer for one file changes: so many beginnings of an infected file, each cut off, and otherwise a clean file of the
/// same length, tag and date. The one's beginning and the other's rest are the infected file.
/// </summary>
internal sealed class ComposingOrigin
{
    private const int CutAfter = 400_000;

    // What a trickle sends meanwhile is the prefix.
    private static readonly TimeSpan BeforeTheCut = TimeSpan.FromMilliseconds(400);

    private readonly byte[] _clean;
    private readonly byte[] _infected;
    private int _cleanFirst;
    private int _cuts;
    private bool _isAwayThen;
    private Func<bool>? _hasBegun;

    public ComposingOrigin(FakeOrigin origin, string path, byte[] infected, byte[] clean)
    {
        (_infected, _clean) = (infected, clean);
        origin.On(path, AnswerAsync);
    }

    /// <param name="cleanFirst">Clean answers before the first beginning.</param>
    /// <param name="cuts">Beginnings in a row.</param>
    /// <param name="isAwayThen">Whether it fails after them.</param>
    public ComposingOrigin Plan(int cleanFirst, int cuts, bool isAwayThen)
    {
        (_cleanFirst, _cuts, _isAwayThen) = (cleanFirst, cuts, isAwayThen);
        return this;
    }

    /// <summary>Cuts no beginning before the client has some of it; at most 30 s later.</summary>
    public ComposingOrigin CutOnce(Func<bool> hasBegun)
    {
        _hasBegun = hasBegun;
        return this;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.ETag = "\"tag\"";
        context.Response.Headers.LastModified = "Wed, 21 Oct 2015 07:28:00 GMT";
        if (Interlocked.Decrement(ref _cleanFirst) >= 0)
        {
            await FakeOrigin.SendAsync(context, _clean);
        }
        else if (Interlocked.Decrement(ref _cuts) >= 0)
        {
            context.Response.ContentType = "application/octet-stream";
            context.Response.ContentLength = _infected.Length;
            await context.Response.Body.WriteAsync(_infected.AsMemory(0, CutAfter), context.RequestAborted);
            for (var pause = 0; pause == 0 || (_hasBegun?.Invoke() is false && pause < 75); pause++)
            {
                await Task.Delay(BeforeTheCut, context.RequestAborted);
            }

            context.Abort();
        }
        else if (_isAwayThen)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else
        {
            await FakeOrigin.SendAsync(context, _clean);
        }
    }
}
