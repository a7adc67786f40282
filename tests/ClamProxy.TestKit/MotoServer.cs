using System.Globalization;

namespace ClamProxy.TestKit;

/// <summary>moto's stand-in of AWS, which keeps everything in memory and looks at no signature.</summary>
public sealed class MotoServer : IS3Server
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    // As scripts/moto.sh has it, where it is not on the path.
    private static readonly string Fetched = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "clamproxy-tests/moto/bin/moto_server");

    private readonly ServerProcess _process;

    private MotoServer(ServerProcess process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public string AccessKey => "moto";

    public string SecretKey => "moto-secret-key";

    public bool ChecksSignatures => false;

    /// <exception cref="FileNotFoundException">It is not installed: ./test.sh installs it.</exception>
    public static async Task<MotoServer> StartAsync()
    {
        var port = FreePort.Next();
        var server = new MotoServer(
            ServerProcess.Start(
                File.Exists(Fetched) ? Fetched : "moto_server", ["-H", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)]),
            port);
        try
        {
            await server._process.UntilListensAsync(server.Port, StartLimit);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether keys are looked at from now on, and what policies of IAM allow their users; signatures are not.</summary>
    public async Task LookAtRightsAsync(bool does)
    {
        using var client = new HttpClient();
        using var free = new StringContent(does ? "0" : "inf");
        var url = new UriBuilder("http", "127.0.0.1", Port, "/moto-api/reset-auth");
        using var answer = await client.PostAsync(url.Uri, free);
        answer.EnsureSuccessStatusCode();
    }

    public void Freeze() => _process.Freeze();

    public void Thaw() => _process.Thaw();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
