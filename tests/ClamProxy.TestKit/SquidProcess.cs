
namespace ClamProxy.TestKit;

/// <summary>Debian's squid as a forward proxy that asks for a password, with its own folder and a free loopback port.</summary>
public sealed class SquidProcess : IAsyncDisposable
{
    public const string User = "builds";
    public const string Password = "s3cret-of-squid";

    private const UnixFileMode ForAll = (UnixFileMode)0b111_111_111;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ServerProcess _process;

    private SquidProcess(string hosts)
    {
        File.WriteAllText(_folder.File("hosts"), hosts);
        File.WriteAllText(_folder.File("helper"), Helper);

        // squid leaves root behind before it opens its log and starts its helper.
        File.SetUnixFileMode(_folder.File("helper"), ForAll & ~(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
        File.SetUnixFileMode(_folder.Path, ForAll);
        for (var above = Directory.GetParent(_folder.Path); above is not null; above = above.Parent)
        {
            LetThrough(above.FullName);
        }
        File.WriteAllText(_folder.File("squid.conf"), Configuration());
        _process = ServerProcess.Start("squid", ["-N", "-f", _folder.File("squid.conf"), "-d", "1"]);
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>With user and password in it.</summary>
    public string Url => $"http://{User}:{Password}@127.0.0.1:{Port}";

    public string Log => _process.Log;

    /// <summary>Method, URL, status and user of each request that has ended; a tunnel ends with its connection.</summary>
    public IReadOnlyList<string> Requests =>
        [.. File.ReadLines(_folder.File("access.log")).Where(line => !line.StartsWith("- error:", StringComparison.Ordinal))];

    /// <param name="hosts">The names that it alone knows, as a hosts file.</param>
    public static async Task<SquidProcess> StartAsync(string hosts)
    {
        var squid = new SquidProcess(hosts);
        try
        {
            await squid._process.UntilListensAsync(squid.Port, StartTime);
            return squid;
        }
        catch
        {
            await squid.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static void LetThrough(string folder)
    {
        var mode = File.GetUnixFileMode(folder);
        if (!mode.HasFlag(UnixFileMode.OtherExecute))
        {
            File.SetUnixFileMode(folder, mode | UnixFileMode.OtherExecute);
        }
    }

    private static string Helper => $$"""
        #!/bin/sh
        while read -r user password; do
          if [ "$user $password" = "{{User}} {{Password}}" ]; then echo OK; else echo ERR; fi
        done
        """;

    private string Configuration() => $"""
        http_port 127.0.0.1:{Port}
        pid_filename {_folder.Path}/squid.pid
        logformat requests %rm %ru %>Hs %un
        access_log stdio:{_folder.Path}/access.log requests
        cache_log {_folder.Path}/cache.log
        cache deny all
        hosts_file {_folder.Path}/hosts
        dns_nameservers 127.0.0.1
        pinger_enable off
        shutdown_lifetime 0 seconds
        auth_param basic program {_folder.Path}/helper
        auth_param basic children 1 startup=1
        acl users proxy_auth REQUIRED
        acl forbidden dstdomain forbidden.test
        http_access deny forbidden
        http_access allow users
        http_access deny all
        """;
}
