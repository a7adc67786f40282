using ClamProxy.Core.Names;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Deliveries;

/// <summary>
/// Who was sent which content (decision 0073): doors add to it when a transfer has ended, and what they add is written together a little
/// later. Where there is no record, nothing happens.
/// </summary>
public sealed class DeliveryRecord : IHostedService, IDisposable
{
    private const int LongestUrl = 2000;
    private const int LongestName = 256;

    /// <summary>Rows that go in one transaction, so that others of the database wait for some milliseconds alone.</summary>
    private const int TrimmedAtOnce = 1000;

    /// <summary>So many transactions at most, before what came meanwhile is written.</summary>
    private const int TrimsAfterWriting = 64;

    /// <summary>
    /// While the record is too large, so many rows go for each that was written: pages get free where several of their rows have gone,
    /// and what is deleted at once is more than had to.
    /// </summary>
    private const int TrimmedForEach = 2;

    private static readonly TimeSpan s_trimInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_lastWriteWithin = TimeSpan.FromSeconds(5);

    private readonly DeliveryOptions _options;
    private readonly DeliveryMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<DeliveryRecord> _logger;
    private readonly PendingDeliveries _pending;
    private readonly NameResolver? _names;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private OpenRecord? _open;
    private Task _writing = Task.CompletedTask;
    private long _dropped;
    private bool _fails;
    private bool _isDisposed;

    /// <param name="names">Finds the server of <see cref="DeliveryOptions.Url"/>; not needed without one.</param>
    public DeliveryRecord(
        DeliveryOptions options,
        DeliveryMetrics metrics,
        TimeProvider clock,
        ILogger<DeliveryRecord> logger,
        NameResolver? names = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _metrics, _clock, _logger, _names) = (options, metrics, clock, logger, names);
        _pending = new(options.MaxPending);
    }

    /// <summary>A content was delivered that had been found infected before its transfer ended.</summary>
    internal event Action<string>? DeliveredLate;

    /// <summary>Where its rows are; null: there is no record.</summary>
    internal IDeliveryStore? Store => _open?.Store;

    /// <summary>Whether there is a record.</summary>
    public bool IsOn => _open is not null;

    /// <summary>
    /// Adds what was delivered. Returns at once, unless more rows wait to be written than may: then it waits for at most
    /// <see cref="DeliveryOptions.WaitFor"/>, after which the delivery is counted as not recorded.
    /// </summary>
    public ValueTask AddAsync(Delivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        if (_open is null)
        {
            return default;
        }

        var now = _clock.GetUtcNow();
        var taker = new Taker(
            Name(delivery.Client),
            Name(delivery.User),
            Cut(delivery.Url, LongestUrl),
            delivery.Door,
            delivery.Verdict,
            delivery.BeganAt ?? now,
            now,
            1,
            delivery.Bytes,
            delivery.RequestId);
        return _pending.TryAdd(delivery.Sha256, taker) ? default : new(AddLaterAsync(delivery.Sha256, taker));
    }

    /// <summary>Who took a content, what was added until now included.</summary>
    /// <param name="sha256">64 lower-case hexadecimal digits.</param>
    /// <exception cref="IOException">The record cannot be read.</exception>
    public async Task<Takers> FindAsync(string sha256, CancellationToken cancelled)
    {
        if (_open is not { Store: var store })
        {
            return new Takers(sha256, [], 0, 0);
        }

        if (_pending.Has(sha256))
        {
            await WriteAsync().ConfigureAwait(false);
        }

        return await store.FindAsync(sha256, _options.MaxRecalled, cancelled).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.IsOn && Open())
        {
            _writing = WriteAllAsync();
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _writing.ConfigureAwait(false);
        if (_open is not null)
        {
            await Quietly(WriteAsync().WaitAsync(s_lastWriteWithin, _clock, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    /// <summary>A host disposes of it twice: it is registered as what it is, and as a hosted service.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            _stopping.Cancel();
            _stopping.Dispose();
            _open?.Dispose();
            _turn.Dispose();
        }
    }

    /// <inheritdoc cref="IDeliveryStore.DetectAsync"/>
    internal async Task<Takers> DetectAsync(string sha256, string? signature, DateTimeOffset? at, CancellationToken cancelled)
    {
        await WriteAsync().ConfigureAwait(false);
        return await _open!.Store.DetectAsync(sha256, signature, at, _options.MaxNamed, cancelled).ConfigureAwait(false);
    }

    /// <summary>Writes what waits. When this returns, nothing that was added before is on its way.</summary>
    /// <returns>How many rows were written; null: they could not be.</returns>
    internal async Task<int?> WriteAsync()
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            return await WriteInTurnAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Drops rows that are too old or too many.</summary>
    internal async Task TrimAsync(int written)
    {
        var forSize = TrimmedAtOnce + (TrimmedForEach * written);
        try
        {
            for (var (round, isMore) = (0, true); round < TrimsAfterWriting && isMore; round++)
            {
                var (before, mostForSize) = (_clock.GetUtcNow() - _options.KeepFor, forSize);
                (var dropped, var isForSize, isMore) = await _open!.Store.TrimAsync(
                    before, TrimmedAtOnce, _options.Size, mostForSize, _stopping.Token).ConfigureAwait(false);
                forSize -= isForSize ? dropped : 0;
            }
        }
        catch (IOException e)
        {
            Fails(e);
        }
    }

    private async Task<int?> WriteInTurnAsync()
    {
        var rows = _pending.Take();
        if (rows.Count == 0)
        {
            return 0;
        }

        try
        {
            var late = await _open!.Store.WriteAsync(rows).ConfigureAwait(false);
            _pending.Written(rows);
            _metrics.Written(rows.Count);
            Works();
            foreach (var sha256 in late)
            {
                DeliveredLate?.Invoke(sha256);
            }

            return rows.Count;
        }
        catch (IOException e)
        {
            _pending.PutBack(rows);
            Fails(e);
            return null;
        }
    }

    private async Task WriteAllAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await EndOrAsync(_pending.Any, s_trimInterval).ConfigureAwait(false);
            await EndOrAsync(_pending.Full, _options.FlushInterval).ConfigureAwait(false);
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (await WriteAsync().ConfigureAwait(false) is { } written)
            {
                await TrimAsync(written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                await Task.Delay(_options.FlushInterval, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var count)
            {
                _logger.NotRecorded(count);
            }
        }
    }

    private Task EndOrAsync(Task signal, TimeSpan time) => Quietly(signal.WaitAsync(time, _clock, _stopping.Token));

    private static async Task Quietly(Task wait) => await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task AddLaterAsync(string sha256, Taker taker)
    {
        var began = _clock.GetTimestamp();
        while (true)
        {
            var room = _pending.Taken;
            if (_pending.TryAdd(sha256, taker))
            {
                return;
            }

            var left = _options.WaitFor - _clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || _stopping.IsCancellationRequested)
            {
                Interlocked.Increment(ref _dropped);
                _metrics.Dropped();
                return;
            }

            await EndOrAsync(room, left).ConfigureAwait(false);
        }
    }

    /// <summary>Opens the record. Where its folder is one of DATA_PATH, which is for something else, there may be none.</summary>
    /// <exception cref="IOException">The folder that RECORD_PATH names cannot be used.</exception>
    private bool Open()
    {
        try
        {
            _open = OpenRecord.Of(_options, _names, _clock);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_options.Path.Length > 0)
            {
                throw new IOException($"RECORD_PATH={_options.Path}: {e.Message}", e);
            }

            _logger.NoRecord(e.Message);
            return false;
        }
    }

    private string? Name(string? name) =>
        name is null ? null : _open?.Names is { } hash ? hash.Of(name) : Cut(name, LongestName);

    private static string Cut(string text, int most) => text.Length > most ? text[..most] : text;

    private void Works()
    {
        if (_fails)
        {
            _fails = false;
            _logger.WrittenAgain();
        }
    }

    private void Fails(Exception cause)
    {
        _metrics.Failed();
        if (!_fails)
        {
            _fails = true;
            _logger.NotWritten(cause.Message);
        }
    }
}
