namespace ClamProxy.TestKit;

/// <summary>
/// Debian's e2guardian as a forward proxy, which has all that it fetches scanned by ICAP. Its configuration is the packaged one with
/// what has to be set.
/// </summary>
public sealed class E2GuardianProcess : IAsyncDisposable
{
    private const string Packaged = "/etc/e2guardian";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ServerProcess _process;

    private E2GuardianProcess(int icapPort)
    {
        // It leaves root behind before it opens its logs.
        SharedFolder.Open(_folder.Path);
        File.WriteAllText(_folder.File("icapscan.conf"), $"""
            plugname = 'icapscan'
            icapurl = 'icap://127.0.0.1:{icapPort}/respmod'

            """);
        File.Copy($"{Packaged}/e2guardianf1.conf", _folder.File("e2guardianf1.conf"));
        File.WriteAllLines(_folder.File("e2guardian.conf"), Configuration());
        _process = ServerProcess.Start("e2guardian", ["-N", "-c", _folder.File("e2guardian.conf")]);
    }

    public int Port { get; } = FreePort.Next();

    public string Log => _process.Log;

    /// <param name="icapPort">ClamProxy's: it asks for the service's options at its start.</param>
    public static async Task<E2GuardianProcess> StartAsync(int icapPort)
    {
        var proxy = new E2GuardianProcess(icapPort);
        try
        {
            await proxy._process.UntilListensAsync(proxy.Port, StartTime);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private IEnumerable<string> Configuration()
    {
        string[] own =
        [
            "filterip = 127.0.0.1", $"filterports = {Port}", "httpworkers = 50", "nodaemon = on",
            "maxcontentramcachescansize = 20000", "maxcontentfilecachescansize = 20000",
            $"filecachedir = '{_folder.Path}'", $"loglocation = '{_folder.Path}/access.log'",
            $"pidfilename = '{_folder.Path}/pid'", $"contentscanner = '{_folder.Path}/icapscan.conf'",
        ];
        var replaced = own.Select(Key).Append("transparenthttpsport").ToHashSet(StringComparer.Ordinal);
        return File.ReadLines($"{Packaged}/e2guardian.conf").Where(line => !replaced.Contains(Key(line))).Concat(own);

        static string Key(string line) => line.Split('=')[0].Trim();
    }
}
