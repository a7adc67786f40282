using System.Collections.Concurrent;
using ClamProxy.Core.Requests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Tests.Tracking;

/// <summary>Every log entry of a host, with the request that it belongs to.</summary>
internal sealed class EntryList : ILoggerProvider
{
    private const int AccessLine = 6700;

    private readonly ConcurrentQueue<Entry> _all = new();
    private readonly SemaphoreSlim _arrived = new(0);

    public IReadOnlyList<Entry> All => [.. _all];

    public static EntryList Of(ProxyWorld world)
    {
        var list = new EntryList();
        world.Services.GetRequiredService<ILoggerFactory>().AddProvider(list);
        return list;
    }

    /// <summary>
    /// Asks one after the other, and gives the access log's lines in that order: a line comes behind its answer, and so could
    /// come behind the line of the next request.
    /// </summary>
    public async Task<IReadOnlyList<Entry>> AccessLinesAsync(params Func<Task>[] asks)
    {
        IReadOnlyList<Entry> lines = [];
        foreach (var ask in asks)
        {
            await ask();
            lines = await AccessLinesAsync(lines.Count + 1);
        }

        return lines;
    }

    public async Task<Entry> AccessLineAsync() => (await AccessLinesAsync(1))[0];

    /// <summary>The one entry of an event, once it is there.</summary>
    public async Task<Entry> OfAsync(int id)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (_all.Where(entry => entry.Id == id).ToList() is [var one, ..] all)
            {
                Assert.Single(all);
                return one;
            }

            await _arrived.WaitAsync(late.Token);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose() => _arrived.Dispose();

    private async Task<IReadOnlyList<Entry>> AccessLinesAsync(int count)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var lines = _all.Where(entry => entry.Id == AccessLine).ToList();
            if (lines.Count >= count)
            {
                Assert.Equal(count, lines.Count);
                return lines;
            }

            await _arrived.WaitAsync(late.Token);
        }
    }

    private void Add(Entry entry)
    {
        _all.Enqueue(entry);
        _arrived.Release();
    }

    internal sealed record Entry(
        int Id, LogLevel Level, string Message, string? RequestId, IReadOnlyDictionary<string, object?> State)
    {
        /// <summary>A field of the access log's line.</summary>
        public string this[string name]
        {
            get
            {
                var fields = Message.Split(' ').Select(field => field.Split('=', 2)).ToList();
                Assert.All(fields, field => Assert.Equal(2, field.Length));
                return fields.Single(field => field[0] == name)[1];
            }
        }
    }

    private sealed class Logger(EntryList list) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            list.Add(new(
                eventId.Id,
                logLevel,
                formatter(state, exception),
                RequestId.Current,
                (state as IReadOnlyList<KeyValuePair<string, object?>> ?? []).ToDictionary(one => one.Key, one => one.Value)));
    }
}
