
namespace ClamProxy.TestKit;

/// <summary>
/// Debian's squid as a forward proxy, with its own folder and a free loopback port: one that asks for a password, or one that lends all
/// messages by ICAP.
/// </summary>
public sealed class SquidProcess : IAsyncDisposable
{
    public const string User = "builds";
    public const string Password = "s3cret-of-squid";

    private const UnixFileMode ForAll = (UnixFileMode)0b111_111_111;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ServerProcess _process;

    private SquidProcess(string hosts, Func<SquidProcess, string> access)
    {
        File.WriteAllText(_folder.File("hosts"), hosts);
        File.WriteAllText(_folder.File("helper"), Helper);

        // squid leaves root behind before it opens its log and starts its helper.
        File.SetUnixFileMode(_folder.File("helper"), ForAll & ~(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
        SharedFolder.Open(_folder.Path);
        File.WriteAllText(_folder.File("squid.conf"), Configuration(access(this)));
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
    public static Task<SquidProcess> StartAsync(string hosts) => StartAsync(hosts, squid => squid.WithPassword());

    /// <summary>Lends every request and answer to an ICAP server on loopback, and passes none that it has no verdict of.</summary>
    /// <param name="icapPort">The server's.</param>
    /// <param name="lines">More of its configuration, which comes first: of rules the first one counts.</param>
    public static Task<SquidProcess> StartWithIcapAsync(int icapPort, params string[] lines) =>
        StartAsync("", _ => string.Join('\n', [.. lines, WithIcap(icapPort)]));

    private static async Task<SquidProcess> StartAsync(string hosts, Func<SquidProcess, string> access)
    {
        var squid = new SquidProcess(hosts, access);
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

    private static string Helper => $$"""
        #!/bin/sh
        while read -r user password; do
          if [ "$user $password" = "{{User}} {{Password}}" ]; then echo OK; else echo ERR; fi
        done
        """;

    private string WithPassword() => $"""
        auth_param basic program {_folder.Path}/helper
        auth_param basic children 1 startup=1
        acl users proxy_auth REQUIRED
        acl forbidden dstdomain forbidden.test
        http_access deny forbidden
        http_access allow users
        http_access deny all
        """;

    private static string WithIcap(int port) => $"""
        http_access allow localhost
        http_access deny all
        icap_enable on
        icap_service_failure_limit -1
        adaptation_send_client_ip on
        adaptation_send_username on
        icap_service answers respmod_precache icap://127.0.0.1:{port}/respmod bypass=off
        icap_service requests reqmod_precache icap://127.0.0.1:{port}/reqmod bypass=off
        adaptation_access answers allow all
        adaptation_access requests allow all
        request_header_access Range deny all
        """;

    private string Configuration(string access) => $"""
        http_port 127.0.0.1:{Port}
        pid_filename {_folder.Path}/squid.pid
        logformat requests %rm %ru %>Hs %un
        access_log stdio:{_folder.Path}/access.log requests
        cache_log {_folder.Path}/cache.log
        hosts_file {_folder.Path}/hosts
        dns_nameservers 127.0.0.1
        pinger_enable off
        shutdown_lifetime 0 seconds
        {access}
        cache deny all
        """;
}
