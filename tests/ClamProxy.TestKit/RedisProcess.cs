using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClamProxy.TestKit;

/// <summary>A real redis-server on a free loopback port: nothing on disk, ended with the test.</summary>
public sealed class RedisProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly string[] _settings;
    private readonly string? _password;
    private readonly string? _tls;
    private ServerProcess? _process;

    private RedisProcess(string? password, string? tls, string[] settings) => (_password, _tls, _settings) = (password, tls, settings);

    public int Port { get; } = FreePort.Next();

    /// <summary>The REDIS_URL of this server.</summary>
    public string Url => string.Create(
        CultureInfo.InvariantCulture,
        $"{(_tls is null ? "redis" : "rediss")}://{(_password is null ? "" : $":{Uri.EscapeDataString(_password)}@")}127.0.0.1:{Port}");

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

    /// <summary>One that speaks only TLS, with the certificate and key (PEM) of one file each.</summary>
    public static async Task<RedisProcess> StartTlsAsync(string certificate, string key)
    {
        var redis = new RedisProcess(
            null,
            certificate,
            ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no"]);
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
        await client.ConnectAsync(IPAddress.Loopback, Port);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        if (_password is not null)
        {
            await SendAsync(client, "AUTH", _password);
            await reader.ReadLineAsync();
        }

        await SendAsync(client, command);
        var head = await reader.ReadLineAsync() ?? throw new EndOfStreamException();
        return head switch
        {
            "$-1" => null,
            ['$', ..] => await reader.ReadLineAsync(),
            _ => head,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
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
            return _tls is null ? await AskAsync("PING") is "+PONG" or ['-', 'N', 'O', 'A', 'U', 'T', 'H', ..] : Log.Contains("Ready to accept connections", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
