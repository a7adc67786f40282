using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClamProxy.TestKit;

/// <summary>A real redis-server on a free loopback port: nothing on disk, ended with the test.</summary>
public sealed class RedisProcess : IRedisServers, IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);

    private TempFolder? _folder;
    private readonly string[] _settings;
    private readonly string? _password;
    private readonly string? _tls;
    private readonly IPAddress _address;
    private ServerProcess? _process;

    private RedisProcess(string? password, string? tls, string[] settings, int? port = null, IPAddress? address = null) =>
        (_password, _tls, _settings, Port, _address) = (password, tls, settings, port ?? FreePort.Next(), address ?? IPAddress.Loopback);

    public int Port { get; }

    /// <summary>The REDIS_URL of this server.</summary>
    public string Url => string.Create(
        CultureInfo.InvariantCulture,
        $"{(_tls is null ? "redis" : "rediss")}://{(_password is null ? "" : $":{Uri.EscapeDataString(_password)}@")}{_address}:{Port}");

    /// <summary>What the server printed so far.</summary>
    public string Log => _process?.Log ?? "";

    /// <summary>Starts one and waits until it answers PONG.</summary>
    /// <param name="password">What the default user needs; null for none.</param>
    /// <param name="settings">More of redis.conf, as arguments: <c>--maxmemory 1mb</c> is two of them.</param>
    public static async Task<RedisProcess> StartAsync(string? password = null, params string[] settings)
    {
        var redis = NotStarted(password, settings);
        await redis.StartAsync();
        return redis;
    }

    /// <summary>One that holds its port but does not listen yet, until <see cref="RestartAsync"/>.</summary>
    public static RedisProcess NotStarted(string? password = null, params string[] settings) => new(password, null, settings);

    /// <summary>One that somebody else started and ends: for its questions alone.</summary>
    /// <param name="address">Unset: loopback.</param>
    public static RedisProcess Running(int port, string? password, IPAddress? address = null) => new(password, null, [], port, address);

    /// <summary>One that speaks only TLS, with the certificate and key (PEM) of one file each.</summary>
    public static async Task<RedisProcess> StartTlsAsync(string certificate, string key, params string[] settings)
    {
        var redis = new RedisProcess(
            null,
            certificate,
            [
                "--tls-cert-file",
                certificate,
                "--tls-key-file",
                key,
                "--tls-ca-cert-file",
                certificate,
                "--tls-auth-clients",
                "no",
                .. settings]);
        await redis.StartAsync();
        return redis;
    }

    /// <summary>Stops it as a debugger would: connections stay open, nothing answers.</summary>
    public void Freeze() => _process?.Freeze();

    public void Thaw() => _process?.Thaw();

    /// <summary>See <see cref="ServerProcess.RunOutOfDescriptors"/>.</summary>
    public void RunOutOfDescriptors() => _process?.RunOutOfDescriptors();

    public void GiveDescriptorsBack() => _process?.GiveDescriptorsBack();

    /// <summary>Ends it at once; its port is free then.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    /// <summary>Ends it, if it runs, and starts an empty one on the same port.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    /// <summary>One command as redis-cli sends it, past the code under test; the reply as text, nil as null.</summary>
    public async Task<string?> AskAsync(params string[] command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_address, Port);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        if (_password is not null)
        {
            await SendAsync(client, "AUTH", _password);
            await reader.ReadLineAsync();
        }

        await SendAsync(client, command);
        return await ReadAsync(reader);
    }

    public Task EmptyAsync() => AskAsync("FLUSHALL");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder?.Dispose();
    }

    /// <summary>A bulk string as its text, a list as one line for each of its parts, anything else as it came.</summary>
    private static async Task<string?> ReadAsync(StreamReader reader)
    {
        var head = await reader.ReadLineAsync() ?? throw new EndOfStreamException();
        if (head is not ['$' or '*', .. var length] || int.Parse(length, CultureInfo.InvariantCulture) is var count && count < 0)
        {
            return head is ['$' or '*', ..] ? null : head;
        }

        if (head[0] == '$')
        {
            // Lengths are bytes, and one Latin-1 character is one byte.
            var text = new char[count + 2];
            await reader.ReadBlockAsync(text);
            return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text, 0, count));
        }

        var parts = new List<string?>();
        while (parts.Count < count)
        {
            parts.Add(await ReadAsync(reader));
        }

        return string.Join('\n', parts);
    }

    private static async Task SendAsync(TcpClient client, params string[] command)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
        foreach (var word in command)
        {
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        }

        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private Task StartAsync()
    {
        _folder ??= TempFolder.ForScratch();
        var port = Port.ToString(CultureInfo.InvariantCulture);
        string[] ports = _tls is null ? ["--port", port] : ["--port", "0", "--tls-port", port];
        string[] access = _password is null ? [] : ["--requirepass", _password];
        string[] common = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.Path];
        _process = ServerProcess.Start("redis-server", [.. ports, .. common, .. access, .. _settings]);
        return _process.WaitUntilAsync(IsReadyAsync, StartDeadline);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return _tls is null
                ? await AskAsync("PING") is "+PONG" or ['-', 'N', 'O', 'A', 'U', 'T', 'H', ..]
                : Log.Contains("Ready to accept connections", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
