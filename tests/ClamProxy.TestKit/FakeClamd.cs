using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClamProxy.Core.Clamd;

namespace ClamProxy.TestKit;

/// <summary>A clamd of the test's own: it finds EICAR, passes the canaries and says OK to everything else, unless told otherwise.</summary>
public sealed class FakeClamd : IAsyncDisposable
{
    private static readonly IReadOnlyList<(int Size, Lazy<byte[]> Content)> Proofs = SizeSearch.Proofs;

    private readonly EndPoint _address;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<FakeClamdConnection, Task> _connections = [];
    private volatile Socket? _listener;
    private TaskCompletionSource _thawed = Completed();

    private FakeClamd(EndPoint address, string endpoint)
    {
        _address = address;
        Endpoint = endpoint;
        Listen();
    }

    /// <summary>As CLAMD_HOSTS takes it.</summary>
    public string Endpoint { get; }

    /// <summary>0 on a unix socket.</summary>
    public int Port => (_address as IPEndPoint)?.Port ?? 0;

    /// <summary>Its signatures are of today.</summary>
    public string VersionReply { get; set; } = VersionOf(27826, TimeProvider.System.GetUtcNow());

    /// <summary>A reply to STATS; null: it knows no such command.</summary>
    public string? StatsReply { get; set; } = StatsOf(1, "5.884M");

    /// <summary>What every content but the canaries is answered with; null: EICAR is found, all else is OK.</summary>
    public string? ScanReply { get; set; }

    public string DescriptorReply { get; set; } = "No file descriptor received. ERROR\0";

    public bool FindsEicar { get; set; } = true;

    /// <summary>ScanArchive yes.</summary>
    public bool FindsEicarInZip { get; set; } = true;

    /// <summary>AlertExceedsMax yes.</summary>
    public bool TellsLimits { get; set; } = true;

    /// <summary>AlertEncrypted yes.</summary>
    public bool TellsEncrypted { get; set; } = true;

    /// <summary>MaxFileSize: the largest file, and member of an archive, that it claims to look at.</summary>
    public long MaxFileSize { get; set; } = 2_000_000_000;

    /// <summary>It has called the canaries that hold something clean once, and remembers their bytes (DisableCache no).</summary>
    public bool RemembersAsClean { get; set; }

    /// <summary>Replies leave a byte at a time.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Takes over connections by their command, such as <c>zINSTREAM</c>; false: the usual answer follows.</summary>
    public Func<FakeClamdConnection, string, Task<bool>>? OnCommand { get; set; }

    /// <summary>Answers a whole content in place of <see cref="ScanReply"/>; canaries do not get here.</summary>
    public Func<FakeClamdConnection, byte[], Task>? OnContent { get; set; }

    /// <summary>Every command, in order of arrival.</summary>
    public ConcurrentQueue<string> Commands { get; } = [];

    /// <summary>Every whole content but the canaries.</summary>
    public ConcurrentQueue<byte[]> Contents { get; } = [];

    /// <summary>How often each canary was scanned.</summary>
    public ConcurrentQueue<string> CanariesSeen { get; } = [];

    internal CancellationToken End => _end.Token;

    internal Task Thawed => _thawed.Task;

    /// <summary>A reply to VERSION (clamd(8)).</summary>
    public static string VersionOf(int database, DateTimeOffset madeAt) =>
        string.Create(CultureInfo.InvariantCulture, $"ClamAV 1.4.6/{database}/{madeAt.UtcDateTime:ddd MMM dd HH:mm:ss yyyy}\0");

    /// <summary>What STATS says of the memory of its engines, as clamd 1.4 does.</summary>
    public static string StatsOf(int pools, string used) =>
        $"POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live 1  idle 0 max 10 idle-timeout 30\nQUEUE: 0 items\n\tSTATS 0.000001 \n\n"
            + $"MEMSTATS: heap N/A mmap N/A used N/A free N/A releasable N/A pools {pools} pools_used {used} pools_total 9.000M\nEND\0";

    public static FakeClamd OnTcp() => OnTcp("127.0.0.1", FreePort.Next());

    /// <summary>On an address of this machine, such as 127.0.0.2: one of several behind a name.</summary>
    public static FakeClamd OnTcp(string address, int port)
    {
        var end = new IPEndPoint(IPAddress.Parse(address), port);
        return new FakeClamd(end, $"tcp://{end}");
    }

    public static FakeClamd OnUnix(TempFolder folder, string name = "clamd.sock") =>
        new(new UnixDomainSocketEndPoint(folder.File(name)), $"unix://{folder.File(name)}");

    /// <summary>Stops doing anything, as under SIGSTOP: connections are still taken by the kernel.</summary>
    public void Freeze() => _thawed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _thawed.TrySetResult();

    /// <summary>Refuses connections; those it has end with a reset.</summary>
    public void Stop()
    {
        var listener = _listener;
        _listener = null;
        listener?.Dispose();
        foreach (var connection in _connections.Keys)
        {
            connection.Reset();
        }
    }

    /// <summary>Listens again where it did.</summary>
    public void Listen()
    {
        if (_address is UnixDomainSocketEndPoint)
        {
            File.Delete(_address.ToString()!);
        }

        var listener = new Socket(_address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        if (_address is IPEndPoint)
        {
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }

        listener.Bind(_address);
        listener.Listen(128);
        _listener = listener;
        _ = AcceptAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Thaw();
        Stop();
        // A test that failed may never let its OnContent go: it is to be seen as failed, not to hang.
        await Task.WhenAll(_connections.Values).WaitAsync(TimeSpan.FromSeconds(30));
        _end.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var connection = new FakeClamdConnection(await listener.AcceptAsync(_end.Token), this);
                _connections[connection] = ServeAsync(connection);
                if (_listener != listener)
                {
                    // Accepted while Stop went through the others.
                    connection.Reset();
                }
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(FakeClamdConnection connection)
    {
        try
        {
            using (connection)
            {
                do
                {
                    var command = await connection.ReadCommandAsync();
                    Commands.Enqueue(command);
                    if (OnCommand is not null && await OnCommand(connection, command))
                    {
                        return;
                    }

                    await AnswerAsync(connection, command);
                }
                while (connection.IsOpen);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException or EndOfStreamException)
        {
        }
    }

    private async Task AnswerAsync(FakeClamdConnection connection, string command)
    {
        switch (command)
        {
            case "zIDSESSION":
                connection.BeginSession();
                break;
            case "zEND":
                connection.HalfClose();
                connection.EndSession();
                break;
            case "zPING":
                await connection.ReplyAsync("PONG\0");
                break;
            case "zVERSION":
                await connection.ReplyAsync(VersionReply);
                break;
            case "zSTATS" when StatsReply is not null:
                await connection.ReplyAsync(StatsReply);
                break;
            case "zFILDES":
                await connection.ReadByteAsync();
                await connection.ReplyAsync(DescriptorReply);
                break;
            case "zINSTREAM":
                await ScanAsync(connection, await connection.ReadContentAsync());
                break;
            default:
                await connection.ReplyAsync("UNKNOWN COMMAND\0");
                break;
        }
    }

    private async Task ScanAsync(FakeClamdConnection connection, byte[] content)
    {
        if (ScanReply is null && AnswerToTest(content) is { } answer)
        {
            await connection.ReplyAsync($"stream: {answer}\0");
            return;
        }

        Contents.Enqueue(content);
        if (OnContent is not null)
        {
            await OnContent(connection, content);
        }
        else
        {
            await connection.ReplyAsync(ScanReply ?? "stream: OK\0");
        }
    }

    /// <summary>Null for a content that is none of ClamProxy's tests.</summary>
    private string? AnswerToTest(byte[] content)
    {
        const string Found = "Eicar-Test-Signature FOUND";
        if (SizeProbe.ClaimOf(content) is { } claim)
        {
            return claim > MaxFileSize && TellsLimits ? "Heuristics.Limits.Exceeded.MaxFileSize FOUND" : "OK";
        }

        if (!TellsLimits && Proofs.FirstOrDefault(one => content.AsSpan().SequenceEqual(one.Content.Value)) is { Size: > 0 } proof)
        {
            return proof.Size <= MaxFileSize ? Found : "OK";
        }

        if (Canaries.Of(content) is not { } canary)
        {
            return null;
        }

        if (RemembersAsClean && canary.Fresh is not null && content.AsSpan().SequenceEqual(canary.Content.Span))
        {
            return "OK";
        }

        CanariesSeen.Enqueue(canary.Name);
        return canary.Name switch
        {
            "eicar" => FindsEicar ? Found : "OK",
            "zip" => FindsEicar && FindsEicarInZip ? Found : "OK",
            "encrypted" => TellsEncrypted ? "Heuristics.Encrypted.Zip FOUND" : "OK",
            _ => TellsLimits ? "Heuristics.Limits.Exceeded.MaxRecursion FOUND" : "OK",
        };
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
