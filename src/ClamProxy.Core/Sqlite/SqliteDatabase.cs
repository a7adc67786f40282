using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace ClamProxy.Core.Sqlite;

/// <summary>
/// One database file in WAL mode, and the one thread of this process that writes to it. What comes while a transaction is written goes into
/// the next one together: a transaction waits for the disk (synchronous=FULL), so that what was answered outlasts the machine's power.
/// What only reads has a connection and a thread of its own, made for the first of it.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>The path of a database that ends with this object: it has one connection.</summary>
    public const string InMemory = ":memory:";

    private const int MostWaiting = 4096;
    private const int MostInOne = 256;
    private const int Busy = 5;

    /// <summary>How long another process may hold the database.</summary>
    private const int BusySeconds = 10;

    private readonly Channel<Work> _works = Channel.CreateBounded<Work>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly Func<string, Exception, Exception> _fault;
    private readonly string _path;
    private readonly Thread _thread;
    private readonly Lock _watching = new();
    private readonly Lock _opening = new();
    private SqliteDatabase? _reads;
    private bool _isClosed;
    private FileSystemWatcher? _watcher;
    private Action? _changed;

    /// <param name="path">The file; made where there is none.</param>
    /// <param name="schema">Run each time it is opened.</param>
    /// <param name="fault">Makes what is thrown when the database cannot be used, from the problem in words and its cause.</param>
    public SqliteDatabase(string path, string schema, Func<string, Exception, Exception> fault)
    {
        (_path, _fault) = (path, fault);
        _connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = BusySeconds, Pooling = false }.ToString());
        try
        {
            _connection.Open();

            // The library looks again for a lock every 150 ms; SQLite does so after 1 ms at first.
            Execute($"PRAGMA busy_timeout={BusySeconds * 1000}");
            Execute("PRAGMA journal_mode=WAL");
            Execute("PRAGMA synchronous=FULL");
            Execute(schema);
        }
        catch (SqliteException e)
        {
            _connection.Dispose();
            throw fault($"{path}: {e.Message}", e);
        }

        _thread = new Thread(Run) { IsBackground = true, Name = Path.GetFileName(path) };
        _thread.Start();
    }

    /// <summary>
    /// Some process, perhaps this one, has written something. A hint: where files cannot be watched, nobody is told, and whoever waits
    /// looks now and then.
    /// </summary>
    public event Action? Changed
    {
        add
        {
            lock (_watching)
            {
                _changed += value;
                _watcher ??= Watch(_path);
            }
        }

        remove
        {
            lock (_watching)
            {
                _changed -= value;
            }
        }
    }

    /// <summary>Runs one step in a transaction, which is on the disk when this returns.</summary>
    /// <remarks>Throws what the constructor was told to make when the step or its transaction fails.</remarks>
    public Task<T> RunAsync<T>(Func<SqliteDatabase, T> step, CancellationToken cancellationToken) =>
        RunAsync(new Work<T>(step, writes: true), cancellationToken);

    /// <summary>Runs one step that only reads. It sees every transaction that has ended, and waits for none (WAL).</summary>
    /// <remarks>Throws what the constructor was told to make when the step fails, or changes anything.</remarks>
    public Task<T> ReadAsync<T>(Func<SqliteDatabase, T> step, CancellationToken cancellationToken) =>
        Reads().RunAsync(new Work<T>(step, writes: false), cancellationToken);

    /// <summary>A prepared command; only for a step.</summary>
    public SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_commands.TryGetValue(text, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = text;
            _commands.Add(text, command);
        }

        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    public void Dispose()
    {
        lock (_opening)
        {
            _isClosed = true;
            _reads?.Dispose();
        }

        _watcher?.Dispose();
        _works.Writer.TryComplete();
        _thread.Join();
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    /// <summary>In WAL mode each transaction that changes something is written to the file beside the database.</summary>
    private FileSystemWatcher? Watch(string path)
    {
        try
        {
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}-wal")
            {
                NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, _) => Volatile.Read(ref _changed)?.Invoke();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException)
        {
            // No inotify instance is left (fs.inotify.max_user_instances).
            return null;
        }
    }

    /// <summary>Itself once it is closed: what comes then is refused as a write is.</summary>
    private SqliteDatabase Reads()
    {
        lock (_opening)
        {
            return _isClosed || _path == InMemory ? this : _reads ??= new SqliteDatabase(_path, "PRAGMA query_only=ON", _fault);
        }
    }

    private async Task<T> RunAsync<T>(Work<T> work, CancellationToken cancellationToken)
    {
        try
        {
            await _works.Writer.WriteAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw _fault("The database is closed.", e);
        }

        return await work.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Execute(string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private void Run()
    {
        var together = new List<Work>(MostInOne);
        while (_works.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (together.Count < MostInOne && _works.Reader.TryRead(out var work))
            {
                together.Add(work);
            }

            RunTogether(together);
            together.Clear();
        }
    }

    private void RunTogether(List<Work> together)
    {
        try
        {
            Execute(together.Exists(work => work.Writes) ? "BEGIN IMMEDIATE" : "BEGIN");
            together.ForEach(work => work.Run(this, _fault));
            Execute("COMMIT");
            together.ForEach(work => work.Settle(null));
        }
        catch (SqliteException e)
        {
            TryRollBack();
            var failure = _fault(e.SqliteErrorCode == Busy ? "The database is busy." : e.Message, e);
            together.ForEach(work => work.Settle(failure));
        }
    }

    private void TryRollBack()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // There is no transaction any more: SQLite has rolled it back itself (a full disk).
        }
    }

    private abstract class Work(bool writes)
    {
        public bool Writes { get; } = writes;

        public abstract void Run(SqliteDatabase database, Func<string, Exception, Exception> fault);

        public abstract void Settle(Exception? failure);
    }

    private sealed class Work<T>(Func<SqliteDatabase, T> step, bool writes) : Work(writes)
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _value;
        private Exception? _fault;

        public Task<T> Result => _result.Task;

        public override void Run(SqliteDatabase database, Func<string, Exception, Exception> fault)
        {
            try
            {
                _value = step(database);
            }
            catch (Exception e) when (e is not SqliteException)
            {
                // A damaged row, say: no reason to fail what others do in the same transaction.
                _fault = fault(e.Message, e);
            }
        }

        public override void Settle(Exception? failure)
        {
            if ((failure ?? _fault) is { } why)
            {
                _result.SetException(why);
            }
            else
            {
                _result.SetResult(_value!);
            }
        }
    }
}
