using System.Collections.Concurrent;
using System.Diagnostics;

namespace ClamProxy.Tests.Telemetry;

/// <summary>The spans of the traces that a test sends, once they have ended.</summary>
internal sealed class SpanList : IDisposable
{
    public const string ServerSpan = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly SemaphoreSlim _more = new(0);
    private readonly ActivityListener _listener;

    public SpanList()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" or "System.Net.Http"
                || source.Name.StartsWith("ClamProxy.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                _ended.Enqueue(span);
                _more.Release();
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>A new trace for a request: the field that names it, and its id.</summary>
    public static (string Field, string TraceId, string SpanId) NewTrace()
    {
        var (trace, span) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());
        return ($"00-{trace}-{span}-01", trace, span);
    }

    /// <summary>All spans of a trace, once those of the given names have ended: what a client sees ends before the spans do.</summary>
    public async Task<IReadOnlyList<Activity>> OfAsync(string traceId, params string[] names)
    {
        using var late = new CancellationTokenSource(Limit);
        while (true)
        {
            var spans = _ended.Where(span => span.TraceId.ToHexString() == traceId).ToList();
            if (names.All(name => spans.Exists(span => span.OperationName == name)))
            {
                return spans;
            }

            await _more.WaitAsync(late.Token);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _more.Dispose();
    }
}
