using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Live;

/// <summary>
/// Keeps open pages up to date by server-sent events. Each language is rendered once an interval, for all its pages together, and nothing
/// is queued for a page: one that is late gets the latest frame. Nothing happens while no page is open.
/// </summary>
/// <param name="render">The markup of each region by its name, in one language.</param>
/// <param name="options">How many pages, and how often.</param>
/// <param name="stopping">The process stops.</param>
internal sealed class LiveFeed(
    Func<Texts, IReadOnlyDictionary<string, Html>> render,
    DashboardOptions options,
    TimeProvider clock,
    ILogger<LiveFeed> logger,
    CancellationToken stopping)
{
    /// <summary>So that credentials are asked for again; the browser connects anew by itself.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FeedFrame> _frames = [];
    private int _open;

    /// <summary>How many pages are kept up to date.</summary>
    public int Open => Volatile.Read(ref _open);

    public async Task AnswerAsync(HttpContext context, Texts texts)
    {
        if (Interlocked.Increment(ref _open) > options.MaxLive)
        {
            Interlocked.Decrement(ref _open);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "30";
            return;
        }

        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await SendAsync(context, texts, end.Token);
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the process stops.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task SendAsync(HttpContext context, Texts texts, CancellationToken end)
    {
        context.Response.ContentType = "text/event-stream";
        var (began, last) = (clock.GetTimestamp(), 0L);
        while (clock.GetElapsedTime(began) < s_longest)
        {
            var frame = FrameOf(texts);
            if (frame.Number != last)
            {
                if (!await TrySendAsync(context, frame.Since(last), end))
                {
                    logger.TooSlow(options.SendWithin);
                    context.Abort();
                    return;
                }

                last = frame.Number;
            }

            await Task.Delay(options.RefreshInterval, clock, end);
        }
    }

    private async Task<bool> TrySendAsync(HttpContext context, byte[] text, CancellationToken end)
    {
        using var deadline = new CancellationTokenSource(options.SendWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, deadline.Token);
        try
        {
            await context.Response.Body.WriteAsync(text, either.Token);
            await context.Response.Body.FlushAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !end.IsCancellationRequested)
        {
            return false;
        }
    }

    private FeedFrame FrameOf(Texts texts)
    {
        lock (_gate)
        {
            var before = _frames.GetValueOrDefault(texts.Language);
            // Half of it: timers of pages that came at other moments are not to make frames of their own.
            if (before is not null && clock.GetElapsedTime(before.At) < options.RefreshInterval / 2)
            {
                return before;
            }

            return _frames[texts.Language] = FeedFrame.After(before, clock.GetTimestamp(), render(texts));
        }
    }
}
