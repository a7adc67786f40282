using System.Diagnostics.Metrics;

namespace ClamProxy.Management;

/// <summary>
/// Keeps the running values of this host's instruments and writes them as Prometheus' text: ClamProxy's own meters, Kestrel's, and what of
/// the runtime's tells a healthy process from a sick one.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    // ClamProxy has about a hundred; a plug-in that invents names by the second must not fill the memory.
    private const int FamilyLimit = 1_000;

    private static readonly HashSet<string> Runtime =
    [
        "dotnet.process.cpu.time", "dotnet.process.memory.working_set", "dotnet.gc.last_collection.heap.size", "dotnet.gc.pause.time",
        "dotnet.gc.collections", "dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length", "dotnet.exceptions",
    ];

    // The runtime declares these as counters, yet they go down as well.
    private static readonly HashSet<string> DeclaredWrong = ["dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length"];

    private readonly IMeterFactory _scope;
    private readonly ILogger _log;
    private readonly Lock _families = new();
    private readonly Lock _collecting = new();
    private readonly SortedDictionary<string, MetricFamily> _byName = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <param name="scope">Meters of another host in the same process, as tests have them, are not this one's.</param>
    /// <param name="log">Told of instruments that cannot be asked.</param>
    public MetricsCollector(IMeterFactory scope, ILogger<MetricsCollector> log)
    {
        _scope = scope;
        _log = log;
        _listener.InstrumentPublished = Enable;
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, family) => Measure(family, (double)value, tags));
        _listener.Start();
    }

    /// <summary>Asks the observed instruments and writes all values.</summary>
    public string Collect()
    {
        lock (_collecting)
        {
            var families = Families();
            foreach (var family in families)
            {
                family.Forget();
            }

            Observe();
            return MetricsText.Write(families);
        }
    }

    public void Dispose() => _listener.Dispose();

    // One instrument whose callback throws must not hide the others' values.
    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException error)
        {
            ManagementLog.InstrumentFailed(_log, error);
        }
    }

    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (IsWanted(instrument) && Family(instrument) is { } family)
        {
            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private bool IsWanted(Instrument instrument) => instrument.Meter.Name switch
    {
        "System.Runtime" => Runtime.Contains(instrument.Name),
        "Microsoft.AspNetCore.Server.Kestrel" => ReferenceEquals(instrument.Meter.Scope, _scope),
        var name => name.StartsWith("ClamProxy.", StringComparison.Ordinal) && ReferenceEquals(instrument.Meter.Scope, _scope),
    };

    private MetricFamily? Family(Instrument instrument)
    {
        var kind = Kind(instrument);
        var name = MetricName.Of(instrument.Name, instrument.Unit, kind);
        lock (_families)
        {
            if (_byName.TryGetValue(name, out var known))
            {
                return known.Kind == kind ? known : null;
            }

            if (_byName.Count >= FamilyLimit)
            {
                return null;
            }

            var bounds = kind == MetricKind.Histogram ? MetricBuckets.Of(instrument) : [];
            return _byName[name] = new MetricFamily(name, instrument.Description ?? "", kind, Update(instrument), bounds);
        }
    }

    private MetricFamily[] Families()
    {
        lock (_families)
        {
            return [.. _byName.Values];
        }
    }

    private static MetricKind Kind(Instrument instrument) => instrument.GetType().Name switch
    {
        _ when DeclaredWrong.Contains(instrument.Name) => MetricKind.Gauge,
        "Counter`1" or "ObservableCounter`1" => MetricKind.Counter,
        "Histogram`1" => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };

    private static MetricUpdate Update(Instrument instrument) =>
        instrument.IsObservable ? MetricUpdate.Observe
        : instrument.GetType().Name == "Gauge`1" ? MetricUpdate.Set
        : MetricUpdate.Add;

    private static void Measure(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Measure(value, tags);
}
