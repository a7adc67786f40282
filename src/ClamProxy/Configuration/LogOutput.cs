using System.Buffers;
using System.Text;

namespace ClamProxy.Configuration;

/// <summary>
/// Writes log entries to standard output on a thread of its own, from a bounded queue, those of a busy process many at once. A reader that
/// is slow, or gone without closing the pipe, costs the oldest entries and holds up nobody who logs.
/// </summary>
internal sealed class LogOutput : IDisposable
{
    // As much as a pipe of Linux holds: a reader that went away is noticed at the second write.
    private const int BatchBytes = 64 * 1024;

    // What an entry takes beside its text: the string's head and its place in the queue.
    private const int BytesOfEach = 64;

    // A line a request would cost each of them a write and a wake-up: lines that follow each other closely are written together.
    private const int PauseMilliseconds = 10;

    private readonly LoggingOptions _options;
    private readonly Stream _target;
    private readonly Func<long, string> _notice;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _arrived = new(false);
    private readonly AutoResetEvent _isUrgent = new(false);
    private readonly Queue<string> _entries = [];
    private readonly ArrayBufferWriter<byte> _batch = new();
    private long _bytes;
    private long _dropped;
    private long _noticed;
    private bool _isEnded;

    /// <param name="options">How much may wait, and how long the end may take.</param>
    /// <param name="target">Where the entries go. A write may take for ever.</param>
    /// <param name="notice">Makes the entry that stands in place of so many that were dropped.</param>
    public LogOutput(LoggingOptions options, Stream target, Func<long, string> notice)
    {
        (_options, _target, _notice) = (options, target, notice);
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>How many entries were dropped so far.</summary>
    public long Dropped
    {
        get
        {
            lock (_gate)
            {
                return _dropped;
            }
        }
    }

    /// <summary>Queues a line, and drops the oldest ones for it where the queue is full. Never waits for the output.</summary>
    public void Add(string line)
    {
        bool isFirst, isMuch;
        lock (_gate)
        {
            if (_isEnded)
            {
                return;
            }

            (isFirst, isMuch) = (_entries.Count == 0, _bytes < BatchBytes);
            _entries.Enqueue(line);
            _bytes += Size(line);
            isMuch &= _bytes >= BatchBytes;
            while (_bytes > _options.Queue)
            {
                _bytes -= Size(_entries.Dequeue());
                _dropped++;
            }
        }

        if (isFirst)
        {
            _arrived.Set();
        }

        if (isMuch)
        {
            _isUrgent.Set();
        }
    }

    /// <summary>Takes no more entries, and waits for those that are queued, within <see cref="LoggingOptions.FlushWithin"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isEnded)
            {
                return;
            }

            _isEnded = true;
        }

        _arrived.Set();
        _isUrgent.Set();
        _thread.Join(_options.FlushWithin);
    }

    private static long Size(string line) => (2L * line.Length) + BytesOfEach;

    private void Run()
    {
        var written = long.MinValue / 2;
        while (Fill())
        {
            if (_batch.WrittenCount == 0)
            {
                _arrived.WaitOne();
                if (Environment.TickCount64 - written < PauseMilliseconds)
                {
                    _isUrgent.WaitOne(PauseMilliseconds);
                }

                continue;
            }

            Write();
            _batch.ResetWrittenCount();
            written = Environment.TickCount64;
        }
    }

    /// <summary>Moves entries into the batch, behind a notice of those that were dropped before them.</summary>
    /// <returns>Whether there may be more.</returns>
    private bool Fill()
    {
        lock (_gate)
        {
            if (_dropped > _noticed)
            {
                Encoding.UTF8.GetBytes(_notice(_dropped - _noticed), _batch);
                _noticed = _dropped;
            }

            while (_batch.WrittenCount < BatchBytes && _entries.TryDequeue(out var line))
            {
                _bytes -= Size(line);
                Encoding.UTF8.GetBytes(line, _batch);
            }

            return _batch.WrittenCount > 0 || !_isEnded;
        }
    }

    private void Write()
    {
        try
        {
            _target.Write(_batch.WrittenSpan);
            _target.Flush();
        }
        catch (IOException)
        {
            // A file on a full disk, a terminal that is gone: there is nowhere to say so.
        }
    }
}
