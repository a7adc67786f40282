using System.Formats.Tar;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.TestKit;

/// <summary>A real clamd in a folder of its own, with a signature database that knows EICAR alone and carries a version number.</summary>
public sealed class ClamdProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly TempFolder _scratch = TempFolder.ForScratch();
    private readonly IPEndPoint _at;
    private string[] _extraLines;
    private ServerProcess? _process;

    private readonly (string FileName, string Line) _signature;

    private ClamdProcess((string FileName, string Line) signature, IPEndPoint? at, string[] extraLines) =>
        (_signature, _at, _extraLines) = (signature, at ?? new IPEndPoint(IPAddress.Loopback, FreePort.Next()), extraLines);

    public int Port => _at.Port;

    public string TcpEndpoint => $"tcp://{_at}";

    public string UnixEndpoint => $"unix://{SocketPath}";

    public ServerProcess Process => _process ?? throw new InvalidOperationException("clamd was not started");

    private string SocketPath => _folder.File("clamd.sock");

    public string DatabaseFolder => _folder.File("db");

    /// <summary>Starts it and waits for its PONG. The conf has <c>AlertExceedsMax yes</c>; extra lines replace lines of the same
    /// key.</summary>
    public static Task<ClamdProcess> StartAsync(params string[] extraLines) =>
        StartAsync(("daily.ndb", Eicar.NdbSignature), null, extraLines);

    /// <summary>The same on an address of this machine, such as 127.0.0.2: one of several behind a name.</summary>
    public static Task<ClamdProcess> StartAtAsync(IPEndPoint at, params string[] extraLines) =>
        StartAsync(("daily.ndb", Eicar.NdbSignature), at, extraLines);

    /// <summary>The same with a database that finds EICAR only as a file, or an archive's member, of its own.</summary>
    public static Task<ClamdProcess> StartStrictAsync(params string[] extraLines) =>
        StartAsync(("daily.hsb", Eicar.HsbSignature), null, extraLines);

    private static async Task<ClamdProcess> StartAsync((string FileName, string Line) signature, IPEndPoint? at, string[] extraLines)
    {
        var clamd = new ClamdProcess(signature, at, extraLines);
        try
        {
            Directory.CreateDirectory(clamd.DatabaseFolder);
            clamd.WriteDatabase(27826);
            await clamd.StartAgainAsync(extraLines);
            return clamd;
        }
        catch
        {
            await clamd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again where it was, after its process ended, with the lines it had.</summary>
    public Task StartAgainAsync() => StartAgainAsync(_extraLines);

    /// <summary>Starts it again where it was, with these extra lines in place of those it had.</summary>
    public async Task StartAgainAsync(params string[] extraLines)
    {
        _extraLines = extraLines;
        await File.WriteAllLinesAsync(_folder.File("clamd.conf"), Conf());
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        File.Delete(SocketPath);
        _process = ServerProcess.Start("clamd", ["-c", _folder.File("clamd.conf")]);
        await _process.WaitUntilAsync(async () => await TryAskAsync("PING") is "PONG", Patience);
    }

    /// <summary>Sends one command and reads its reply to the end of the connection.</summary>
    public Task<string> AskAsync(string command) => AskAsync(_at, command);

    /// <summary>The same at a port, such as a relay's.</summary>
    public static Task<string> AskAsync(int port, string command) => AskAsync(new IPEndPoint(IPAddress.Loopback, port), command);

    private static async Task<string> AskAsync(IPEndPoint at, string command)
    {
        using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(at);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"z{command}\0"));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return (await reader.ReadToEndAsync()).TrimEnd('\0');
    }

    /// <summary>Gives it a newer (or older) database and waits until VERSION reports it.</summary>
    public async Task SetDatabaseVersionAsync(int version)
    {
        WriteDatabase(version);
        await ReloadAsync();
        var mark = $"/{version.ToString(CultureInfo.InvariantCulture)}/";
        await Process.WaitUntilAsync(
            async () => (await TryAskAsync("VERSION"))?.Contains(mark, StringComparison.Ordinal) is true, Patience);
    }

    /// <summary>Adds lines to its database, such as an .ndb signature, in force after <see cref="ReloadAsync"/> and some time.</summary>
    public Task AddSignaturesAsync(string fileName, string lines) => File.WriteAllTextAsync(Path.Combine(DatabaseFolder, fileName), lines);

    public Task<string> ReloadAsync() => AskAsync("RELOAD");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
        _scratch.Dispose();
    }

    private async Task<string?> TryAskAsync(string command)
    {
        try
        {
            return await AskAsync(command);
        }
        catch (Exception notYet) when (notYet is SocketException or IOException)
        {
            return null;
        }
    }

    private IEnumerable<string> Conf()
    {
        string[] lines =
        [
            "Foreground yes", $"DatabaseDirectory {DatabaseFolder}", "OfficialDatabaseOnly no", $"TemporaryDirectory {_scratch.Path}",
            $"LocalSocket {SocketPath}", $"TCPSocket {_at.Port}", $"TCPAddr {_at.Address}", "SelfCheck 0", "Bytecode no",
            "AlertExceedsMax yes",
        ];
        var replaced = _extraLines.Select(Key).ToHashSet(StringComparer.Ordinal);
        return lines.Where(line => !replaced.Contains(Key(line))).Concat(_extraLines);

        static string Key(string line) => line.Split(' ')[0];
    }

    /// <summary>An unsigned container (.cud): a 512-byte header and a tar whose <c>daily.info</c> repeats it and names each file's digest.
    /// Its version is what VERSION reports. Signatures of unsigned databases end in <c>.UNOFFICIAL</c>.</summary>
    private void WriteDatabase(int version)
    {
        var now = TimeProvider.System.GetUtcNow();
        var time = now.ToString("dd MMM yyyy HH-mm", CultureInfo.InvariantCulture);
        var header = string.Create(
            CultureInfo.InvariantCulture,
            $"ClamAV-VDB:{time} +0000:{version}:1:90:{new string('X', 32)}:X:clamproxy:{now.ToUnixTimeSeconds()}");
        var signatures = Encoding.ASCII.GetBytes(_signature.Line + "\n");
        var info = string.Create(
            CultureInfo.InvariantCulture,
            $"{header}\n{_signature.FileName}:{signatures.Length}:{Convert.ToHexStringLower(SHA256.HashData(signatures))}\n");
        using var file = new MemoryStream();
        file.Write(Encoding.ASCII.GetBytes(header.PadRight(512)));
        using (var tar = new TarWriter(file, TarEntryFormat.Ustar, leaveOpen: true))
        {
            // clamd takes the tar for compressed unless COPYING comes first.
            Add(tar, "COPYING", "test"u8.ToArray());
            Add(tar, "daily.info", Encoding.ASCII.GetBytes(info));
            Add(tar, _signature.FileName, signatures);
        }

        // Replaced in one step: a reload never sees half of it.
        var target = Path.Combine(DatabaseFolder, "daily.cud");
        File.WriteAllBytes(_folder.File("new.cud"), file.ToArray());
        File.Move(_folder.File("new.cud"), target, overwrite: true);
    }

    private static void Add(TarWriter tar, string name, byte[] content) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
}
