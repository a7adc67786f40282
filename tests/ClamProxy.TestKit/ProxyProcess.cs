using System.Globalization;
using System.Net;

namespace ClamProxy.TestKit;

/// <summary>ClamProxy itself, as a process of its own: what operators run.</summary>
public sealed class ProxyProcess : IAsyncDisposable
{
    /// <summary>Where a process that runs in a container's place sees the program.</summary>
    public const string ContainerFolder = "/srv";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ServerProcess _process;

    private ProxyProcess(ServerProcess process, int port, int managementPort)
    {
        _process = process;
        Port = port;
        ManagementPort = managementPort;
        Client = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = Address(port),
            Timeout = TimeSpan.FromMinutes(2),
        };
        Management = new HttpClient { BaseAddress = Address(managementPort), Timeout = TimeSpan.FromSeconds(30) };
    }

    public int Port { get; }

    public int ManagementPort { get; }

    public int Id => _process.Id;

    public int Descriptors => _process.Descriptors;

    public long ResidentBytes => _process.ResidentBytes;

    public bool HasExited => _process.HasExited;

    public string Log => _process.Log;

    public int ExitCode => _process.ExitCode;

    /// <summary>Asks the proxy; follows nothing and decodes nothing.</summary>
    public HttpClient Client { get; }

    public HttpClient Management { get; }

    /// <summary>
    /// Starts it with the given variables and waits until a scanner is ready. Ports that are not among them are free ones.
    /// </summary>
    /// <param name="variables">Its environment, beside the test's own.</param>
    /// <param name="waitUntilReady">Else it only has to live.</param>
    /// <param name="files">What it alone of all processes sees in place of a file of the system's, by that file's path: /etc/hosts,
    /// /etc/resolv.conf (needs root).</param>
    /// <param name="isLogRead">Else its log goes into a pipe that nobody reads before <see cref="ReadLog"/>.</param>
    /// <param name="container">A command that runs the one behind it with the program in <see cref="ContainerFolder"/>.</param>
    public static async Task<ProxyProcess> StartAsync(
        IReadOnlyDictionary<string, string> variables,
        bool waitUntilReady = true,
        IReadOnlyDictionary<string, string>? files = null,
        bool isLogRead = true,
        IReadOnlyList<string>? container = null,
        ProxyProgram? program = null)
    {
        program ??= ProxyProgram.Tested;
        var port = PortOf(variables, "PORT");
        var managementPort = PortOf(variables, "MANAGEMENT_PORT");
        var environment = new Dictionary<string, string>(variables)
        {
            ["PORT"] = $"{port}",
            ["MANAGEMENT_PORT"] = $"{managementPort}",
            ["DOTNET_TC_BackgroundWorkerTimeoutMs"] = "FFFFFFFF",
        };
        string[] command = [.. container ?? [], .. program.CommandIn(container is null ? program.Folder : ContainerFolder)];
        foreach (var (path, file) in files ?? new Dictionary<string, string>())
        {
            command = ["unshare", "-m", "sh", "-c", "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"", file, path, .. command];
        }

        var process = ServerProcess.Start(command[0], command[1..], environment, isOutputRead: isLogRead);
        var proxy = new ProxyProcess(process, port, managementPort);
        try
        {
            await process.WaitUntilAsync(() => proxy.AnswersAsync(waitUntilReady ? "/readyz" : "/healthz"), StartLimit);
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }

        return proxy;
    }

    public async Task<bool> AnswersAsync(string path)
    {
        try
        {
            using var answer = await Management.GetAsync(new Uri(path, UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public HttpRequestMessage Request(string path, string downloadFrom, bool cacheScan = false, HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("Download-From", downloadFrom);
        request.Headers.Add("Cache-Scan", cacheScan ? "True" : "False");
        return request;
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string downloadFrom, bool cacheScan = false)
    {
        using var request = Request(path, downloadFrom, cacheScan);
        return await Client.SendAsync(request);
    }

    public void ReadLog() => _process.ReadOutput();

    /// <summary>Stops it as a debugger would: connections stay open, nothing answers.</summary>
    public void Freeze() => _process.Freeze();

    public void Thaw() => _process.Thaw();

    /// <summary>See <see cref="ServerProcess.RunOutOfDescriptors"/>.</summary>
    public void RunOutOfDescriptors() => _process.RunOutOfDescriptors();

    public void GiveDescriptorsBack() => _process.GiveDescriptorsBack();

    /// <summary>See <see cref="ServerProcess.HangUp"/>.</summary>
    public void HangUp() => _process.HangUp();

    public void Terminate() => _process.Terminate();

    public void Interrupt() => _process.Interrupt();

    public Task KillAsync() => _process.KillAsync();

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Management.Dispose();
        await _process.DisposeAsync();
    }

    private static int PortOf(IReadOnlyDictionary<string, string> variables, string name) =>
        variables.TryGetValue(name, out var port) ? int.Parse(port, CultureInfo.InvariantCulture) : FreePort.Next();

    private static Uri Address(int port) => new UriBuilder("http", "127.0.0.1", port).Uri;
}
