using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ClamProxy.TestKit;

/// <summary>Meters of one test alone, and what was counted on them.</summary>
public sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly ConcurrentDictionary<string, long> _sums = [];
    private readonly ConcurrentDictionary<string, int> _gauges = [];
    private readonly MeterListener _listener = new();

    public TestMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Called on the threads of other tests too, for their instruments.
            if (instrument.Meter.Scope == this)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _sums.AddOrUpdate(Name(instrument, tags.ToArray().Select(tag => tag.Value)), value, (_, sum) => sum + value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _gauges[instrument.Name] = value);
        _listener.Start();
    }

    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public long Sum(string instrument, params object[] tags) => _sums.GetValueOrDefault(Text(instrument, tags));

    public int Gauge(string instrument)
    {
        _listener.RecordObservableInstruments();
        return _gauges.GetValueOrDefault(instrument);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    private static string Name(Instrument instrument, IEnumerable<object?> tags) => Text(instrument.Name, tags);

    private static string Text(string instrument, IEnumerable<object?> tags) => $"{instrument}|{string.Join('|', tags)}";
}
