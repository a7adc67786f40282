using System.Diagnostics.Metrics;

namespace ClamProxy.Doors.ExtProc;

/// <summary>Streams that are open, and what became of messages.</summary>
internal sealed class ExtProcMetrics
{
    private readonly UpDownCounter<long> _streams;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _ignored;

    public ExtProcMetrics(IMeterFactory meters, BufferRoom room)
    {
        var meter = meters.Create("ClamProxy.ExtProc");
        _streams = meter.CreateUpDownCounter<long>("clamproxy.ext_proc.streams", "{stream}", "Streams of Envoy that are open.");
        _messages = meter.CreateCounter<long>(
            "clamproxy.ext_proc.messages", "{message}", "Requests and responses that Envoy sent, by what became of them.");
        _ignored = meter.CreateCounter<long>(
            "clamproxy.ext_proc.ignored", "{message}", "Messages of Envoy that repeat an end of a body and were not read.");
        meter.CreateObservableUpDownCounter(
            "clamproxy.ext_proc.buffered", () => room.InUse, "By", "Memory that is reserved for bodies that come in one message.");

        // Seen from the start: an alert on a counter that was never there does not fire.
        _streams.Add(0);
        _ignored.Add(0);
        Count(Direction.Request, MessageEnd.Passed, 0);
        Count(Direction.Response, MessageEnd.Passed, 0);
    }

    public void StreamOpened() => _streams.Add(1);

    public void StreamClosed() => _streams.Add(-1);

    public void Ignored() => _ignored.Add(1);

    public void Ended(Direction direction, MessageEnd end) => Count(direction, end, 1);

    public static string Tag(MessageEnd end) => end switch
    {
        MessageEnd.Failed => "failed",
        MessageEnd.NoBody => "no-body",
        MessageEnd.Unseen => "unseen",
        MessageEnd.Passed => "passed",
        MessageEnd.Refused => "refused",
        MessageEnd.Unusable => "unusable",
        MessageEnd.Left => "left",
    };

    private void Count(Direction direction, MessageEnd end, long count) => _messages.Add(
        count,
        new KeyValuePair<string, object?>("direction", direction == Direction.Request ? "request" : "response"),
        new KeyValuePair<string, object?>("end", Tag(end)));
}
