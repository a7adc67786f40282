using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ClamProxy.Ranges;

/// <summary>
/// The least rate at which a client takes a file that goes past Kestrel, which counts only the bytes that it is given itself. What the
/// kernel has taken counts as sent: it wakes the sender only when a third of its buffer is free, which takes a slow client longer than any
/// grace.
/// </summary>
internal sealed class ClientPace : IDisposable
{
    /// <summary>
    /// What the kernel keeps for a slow client at most (twice tcp_wmem's usual most): one that took much quickly is not owed more time for
    /// that.
    /// </summary>
    private const double MostBuffered = 8 << 20;

    private readonly HttpContext _context;
    private readonly IHttpMinResponseDataRateFeature? _kestrels;
    private readonly MinDataRate? _least;
    private readonly TimeProvider _clock;
    private readonly long _started;
    private long _sent;

    private ClientPace(HttpContext context, IHttpMinResponseDataRateFeature? kestrels, TimeProvider clock)
    {
        (_context, _kestrels, _least, _clock, _started) = (context, kestrels, kestrels?.MinDataRate, clock, clock.GetTimestamp());
        if (_kestrels is not null)
        {
            _kestrels.MinDataRate = null;
        }
    }

    /// <summary>Kestrel does not measure this response until what is returned is disposed of.</summary>
    public static ClientPace TakeOver(HttpContext context, TimeProvider clock) =>
        new(context, context.Features.Get<IHttpMinResponseDataRateFeature>(), clock);

    /// <summary>Waits for a flush; a client that is too slow for it loses its connection, which ends the flush too.</summary>
    /// <param name="flush">The flush.</param>
    /// <param name="bytes">What it brings.</param>
    public async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush, int bytes)
    {
        _sent += bytes;
        if (flush.IsCompleted || _least is null)
        {
            return await flush;
        }

        var now = _clock.GetElapsedTime(_started);
        var left = _least.GracePeriod + TimeSpan.FromSeconds(
            Math.Min(_sent / _least.BytesPerSecond - now.TotalSeconds, MostBuffered / _least.BytesPerSecond));
        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _clock);
        await using var cut = late.Token.UnsafeRegister(static context => ((HttpContext)context!).Abort(), _context);
        return await flush;
    }

    public void Dispose()
    {
        if (_kestrels is not null)
        {
            _kestrels.MinDataRate = _least;
        }
    }
}
