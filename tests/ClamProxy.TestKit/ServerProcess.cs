using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace ClamProxy.TestKit;

/// <summary>A real server of Debian's, started in the foreground for a test and ended by its process id.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigStop = 19;
    private const int SigCont = 18;
    private const int SigTerm = 15;
    private const int RLimitNoFile = 7;
    private const int LowestDescriptors = 16;
    private const int LogLimit = 200_000;

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly StringBuilder _end = new();
    private readonly StringBuilder _output = new();

    private ServerProcess(Process process, bool isOutputRead)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Append(line.Data, isOutput: true);
        _process.ErrorDataReceived += (_, line) => Append(line.Data, isOutput: false);
        _process.Start();
        if (isOutputRead)
        {
            ReadOutput();
        }

        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What the process printed so far, or the first and the last of it: a failing test shows it.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return $"{_log}{_end}";
            }
        }
    }

    /// <summary>What it printed to its standard output, as far as it is kept: nothing of its errors.</summary>
    public string Output
    {
        get
        {
            lock (_log)
            {
                return _output.ToString();
            }
        }
    }

    /// <param name="isBare">Its environment is <paramref name="environment"/> alone, with PATH and TMPDIR: nothing of this user's settings
    /// reaches it.</param>
    /// <param name="isOutputRead">Else its standard output is a pipe that nobody reads before <see cref="ReadOutput"/>.</param>
    /// <exception cref="FileNotFoundException">The program is not installed: ./test.sh installs what the tests need.</exception>
    public static ServerProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null,
        bool isBare = false,
        bool isOutputRead = true)
    {
        var start = new ProcessStartInfo(Find(program))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder ?? "",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in isBare ? start.Environment.Keys.Except(["PATH", "TMPDIR"]).ToArray() : [])
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(new Process { StartInfo = start }, isOutputRead);
    }

    /// <summary>Reads the standard output of a process that was started without a reader.</summary>
    public void ReadOutput() => _process.BeginOutputReadLine();

    /// <summary>
    /// Polls <paramref name="isReady"/> until it is true; a process that ends first, or takes too long, fails with its log.
    /// </summary>
    public async Task WaitUntilAsync(Func<Task<bool>> isReady, TimeSpan deadline)
    {
        var waited = Stopwatch.StartNew();
        while (!await isReady())
        {
            if (_process.HasExited || waited.Elapsed > deadline)
            {
                var how = _process.HasExited ? $"ended with {_process.ExitCode}" : $"was not ready after {deadline}";
                throw new InvalidOperationException($"{_process.StartInfo.FileName} {how}:\n{Log}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Waits until it takes connections to this port of loopback.</summary>
    public Task UntilListensAsync(int port, TimeSpan deadline) => WaitUntilAsync(
        async () =>
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        },
        deadline);

    /// <summary>Stops it as a debugger would: connections stay open, nothing answers (SIGSTOP).</summary>
    public void Freeze() => Signal(SigStop);

    /// <summary>Lets a frozen process go on (SIGCONT).</summary>
    public void Thaw() => Signal(SigCont);

    /// <summary>How many descriptors it has open.</summary>
    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>The memory it has in use, in bytes (VmRSS).</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>
    /// Lets it open no descriptor any more (RLIMIT_NOFILE), until <see cref="GiveDescriptorsBack"/>; those it has stay open.
    /// </summary>
    public void RunOutOfDescriptors()
    {
        // The limit is one of numbers: a high one would let it reuse what it closes. The lowest are what it opened first, and keeps.
        var open = Directory.GetFileSystemEntries($"/proc/{Id}/fd").Select(
            path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).ToHashSet();
        LimitDescriptors((ulong)Enumerable.Range(0, LowestDescriptors).TakeWhile(open.Contains).Count());
    }

    public void GiveDescriptorsBack() => LimitDescriptors(null);

    /// <summary>Tells it that its terminal is gone, or that its log was moved away (SIGHUP).</summary>
    public void HangUp() => Signal(SigHup);

    /// <summary>Asks it to end (SIGTERM).</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Asks it to end as Ctrl-C does (SIGINT).</summary>
    public void Interrupt() => Signal(SigInt);

    /// <summary>Ends it at once (SIGKILL) and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static string Find(string program)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];
        return program.Contains('/', StringComparison.Ordinal)
            ? program
            : folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
              ?? throw new FileNotFoundException($"{program} is not installed: run ./test.sh, which installs what the tests need.");
    }

    private void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"signal {signal} to {_process.Id}: error {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <param name="count">The limit; null for the most that it may have.</param>
    private void LimitDescriptors(ulong? count)
    {
        if (GetLimit(_process.Id, RLimitNoFile, 0, out var limit) != 0
            || SetLimit(_process.Id, RLimitNoFile, limit with { Current = count ?? limit.Most }, 0) != 0)
        {
            throw new InvalidOperationException($"descriptor limit of {_process.Id}: error {Marshal.GetLastPInvokeError()}");
        }
    }

    private void Append(string? line, bool isOutput)
    {
        lock (_log)
        {
            if (line is null)
            {
                return;
            }

            if (isOutput && _output.Length < LogLimit)
            {
                _output.AppendLine(line);
            }

            if (_log.Length < LogLimit)
            {
                _log.AppendLine(line);
            }
            else if (_end.AppendLine(line).Length > 2 * LogLimit)
            {
                _end.Remove(0, _end.Length - LogLimit);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int SetLimit(int processId, int resource, in Limit limit, nint none);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int GetLimit(int processId, int resource, nint none, out Limit limit);

    private readonly record struct Limit(ulong Current, ulong Most);
}
