using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace ClamProxy.Core.Jobs.Sqlite;

/// <summary>
/// One database file in WAL mode, and the one thread of this process that uses it. What comes while a transaction is written goes into the
/// next one together: a transaction waits for the disk (synchronous=FULL), so that what was answered outlasts the machine's power.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int MostWaiting = 4096;
    private const int MostInOne = 256;
    private const int Busy = 5;

    /// <summary>How long another process may hold the database.</summary>
    private const int BusySeconds = 10;

    private readonly Channel<Work> _works = Channel.CreateBounded<Work>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly Thread _thread;
    private readonly FileSystemWatcher? _watcher;

    /// <exception cref="JobStoreException">The file cannot be opened or made, or is none of ours.</exception>
    public SqliteDatabase(string path, string schema)
    {
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
            throw new JobStoreException($"{path}: {e.Message}", e);
        }

        _watcher = Watch(path);
        _thread = new Thread(Run) { IsBackground = true, Name = "jobs database" };
        _thread.Start();
    }

    /// <summary>
    /// Some process, perhaps this one, has written something. A hint: where files cannot be watched, nobody is told, and whoever waits
    /// looks now and then.
    /// </summary>
    public event Action? Changed;

    /// <summary>Runs one step in a transaction, which is on the disk when this returns.</summary>
    /// <exception cref="JobStoreException">The step or its transaction failed.</exception>
    public Task<T> RunAsync<T>(Func<SqliteDatabase, T> step, CancellationToken cancellationToken) =>
        RunAsync(new Work<T>(step, writes: true), cancellationToken);

    /// <summary>Runs one step that only reads: it waits for no other process's transaction (WAL).</summary>
    /// <exception cref="JobStoreException">The step failed.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteDatabase, T> step, CancellationToken cancellationToken) =>
        RunAsync(new Work<T>(step, writes: false), cancellationToken);

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
            watcher.Changed += (_, _) => Changed?.Invoke();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException)
        {
            // No inotify instance is left (fs.inotify.max_user_instances).
            return null;
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
            throw new JobStoreException("The database is closed.", e);
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
            together.ForEach(work => work.Run(this));
            Execute("COMMIT");
            together.ForEach(work => work.Settle(null));
        }
        catch (SqliteException e)
        {
            TryRollBack();
            var failure = new JobStoreException(e.SqliteErrorCode == Busy ? "The database is busy." : e.Message, e);
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

        public abstract void Run(SqliteDatabase database);

        public abstract void Settle(Exception? failure);
    }

    private sealed class Work<T>(Func<SqliteDatabase, T> step, bool writes) : Work(writes)
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _value;
        private Exception? _fault;

        public Task<T> Result => _result.Task;

        public override void Run(SqliteDatabase database)
        {
            try
            {
                _value = step(database);
            }
            catch (Exception e) when (e is not SqliteException)
            {
                // A damaged row, say: no reason to fail what others do in the same transaction.
                _fault = new JobStoreException(e.Message, e);
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
