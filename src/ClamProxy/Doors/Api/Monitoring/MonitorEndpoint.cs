using System.Text.Json;
using ClamProxy.Core.Clamd;

namespace ClamProxy.Doors.Api.Monitoring;

/// <summary><c>GET /monitor</c>: the scanners of this process, as ScanAsService shows its own.</summary>
internal sealed class MonitorEndpoint(ClamdPool pool, ApiReply reply, TimeProvider clock)
{
    private const string Tcp = "tcp://";
    private const string Unix = "unix://";

    public Task AnswerAsync(HttpContext context)
    {
        var scanners = new MonitorScanners(Seconds(clock.GetUtcNow()));
        foreach (var state in pool.Scanners)
        {
            scanners.Scanners.TryAdd(
                NameOf(state.Endpoint), JsonSerializer.SerializeToElement(Of(state), ApiJson.Default.MonitorScanner));
        }

        var totals = pool.Totals;
        return reply.WriteAsync(
            context,
            StatusCodes.Status200OK,
            new MonitorAnswer(
                [scanners],
                [new MonitorTotals(totals.Infected, totals.Clean, totals.Other)]),
            ApiJson.Default.MonitorAnswer);
    }

    private static MonitorScanner Of(ScannerState state)
    {
        var (host, port) = Split(NameOf(state.Endpoint));
        var figures = state.Figures;
        return new(
            host,
            port,
            state.ScansInFlight,
            figures.AverageTime.TotalSeconds,
            figures.Scans,
            figures.Failures,
            figures.LastFailure is { } at ? Seconds(at) : 0);
    }

    private static string NameOf(string endpoint) =>
        endpoint.StartsWith(Tcp, StringComparison.OrdinalIgnoreCase) ? endpoint[Tcp.Length..]
        : endpoint.StartsWith(Unix, StringComparison.OrdinalIgnoreCase) ? endpoint[Unix.Length..]
        : endpoint;

    /// <summary>A name whose scanner is behind one of its addresses has that address behind it: <c>clamd:3310 (10.0.0.7)</c>.</summary>
    private static (string Host, int Port) Split(string name)
    {
        var address = name.Split(' ')[0];
        var colon = address.LastIndexOf(':');
        return colon > 0 && int.TryParse(address.AsSpan(colon + 1), out var port) ? (address[..colon], port) : (name, 0);
    }

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;
}
