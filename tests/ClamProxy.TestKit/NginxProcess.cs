using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ClamProxy.TestKit;

/// <summary>
/// Debian's nginx with the templates that the project ships, rendered as the official image does: its own folder, free loopback ports.
/// </summary>
public sealed partial class NginxProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder;
    private readonly ServerProcess _process;

    private NginxProcess(TempFolder folder, ServerProcess process, IReadOnlyDictionary<string, string> environment)
    {
        (_folder, _process, Environment) = (folder, process, environment);
    }

    /// <summary>The variables that the templates were rendered with.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>What nginx printed: its error log.</summary>
    public string Log => _process.Log;

    /// <summary>
    /// One line for each answer: method, raw target, status, bytes of body sent, bytes of body that ClamProxy sent for it.
    /// </summary>
    public IReadOnlyList<string> Answers => File.Exists(AccessLog(_folder)) ? File.ReadAllLines(AccessLog(_folder)) : [];

    /// <summary>The address of one server: that of the port variable <paramref name="portVariable"/>, such as <c>PYPI_PORT</c>.</summary>
    public Uri Address(string portVariable) =>
        new UriBuilder("http", "127.0.0.1", int.Parse(Environment[portVariable].Split(':')[^1], CultureInfo.InvariantCulture)).Uri;

    /// <summary>
    /// A value for every variable of the shipped templates, with free ports; <paramref name="clamProxy"/> is <c>host:port</c>.
    /// </summary>
    public static Dictionary<string, string> Defaults(string clamProxy) => new(Ecosystems())
    {
        ["CLAMPROXY_ADDRESS"] = clamProxy,
        ["NGINX_PORT"] = $"127.0.0.1:{FreePort.Next()}",
        ["EXAMPLE_PORT"] = $"127.0.0.1:{FreePort.Next()}",
        ["EXAMPLE_DOWNLOAD_FROM"] = "https://example.org",
        ["EXAMPLE_CACHE_SCAN"] = "False",
        ["PYPI_PORT"] = $"127.0.0.1:{FreePort.Next()}",
        ["PYPI_DOWNLOAD_FROM"] = "https://pypi.org",
        ["PYPI_CACHE_SCAN"] = "False",
        ["PYPI_FILES_DOWNLOAD_FROM"] = "https://files.pythonhosted.org",
        ["PYPI_FILES_CACHE_SCAN"] = "True",
    };

    /// <summary>
    /// Switches every ecosystem's server on: <c>https://npm.example</c> and <c>https://npm-files.example</c> for npm, and so on.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, string>> Ecosystems() =>
        new[] { "npm", "nuget", "maven", "debian", "cargo", "go", "generic" }.SelectMany(name => new KeyValuePair<string, string>[]
        {
            new($"{name.ToUpperInvariant()}_PORT", $"127.0.0.1:{FreePort.Next()}"),
            new($"{name.ToUpperInvariant()}_DOWNLOAD_FROM", $"https://{name}.example"),
            new($"{name.ToUpperInvariant()}_CACHE_SCAN", "False"),
            new($"{name.ToUpperInvariant()}_FILES_DOWNLOAD_FROM", $"https://{name}-files.example"),
            new($"{name.ToUpperInvariant()}_FILES_CACHE_SCAN", "True"),
        });

    /// <summary>Starts nginx with all templates and waits until it listens.</summary>
    public static async Task<NginxProcess> StartAsync(IReadOnlyDictionary<string, string> environment)
    {
        var folder = new TempFolder();
        var process = Run(folder, environment);
        var nginx = new NginxProcess(folder, process, environment);
        try
        {
            // It begins to listen on one after the other.
            foreach (
                var (name, _) in environment.Where(pair => pair.Key.EndsWith("_PORT", StringComparison.Ordinal) && pair.Value.Length > 0))
            {
                await process.UntilListensAsync(nginx.Address(name).Port, StartTime);
            }

            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets nginx check the rendered templates (<c>nginx -t</c>).</summary>
    /// <returns>Its exit code, 0 when it takes them, and what it said.</returns>
    public static async Task<(int ExitCode, string Log)> CheckAsync(IReadOnlyDictionary<string, string> environment)
    {
        using var folder = new TempFolder();
        await using var process = Run(folder, environment, "-t");
        using var deadline = new CancellationTokenSource(StartTime);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, process.Log);
    }

    /// <summary>Waits until an answer is in <see cref="Answers"/>: nginx writes it there after its last byte.</summary>
    /// <returns>Its line.</returns>
    public async Task<string> AnswerAsync(Func<string, bool> isIt)
    {
        await _process.WaitUntilAsync(() => Task.FromResult(Answers.Any(isIt)), StartTime);
        return Answers.Last(isIt);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static ServerProcess Run(TempFolder folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        Directory.CreateDirectory(folder.File("conf.d"));
        var prepared = Prepare(environment);
        foreach (var template in Directory.EnumerateFiles(Repository.File("nginx/templates"), "*.template"))
        {
            var name = Path.GetFileNameWithoutExtension(template);
            File.WriteAllText(folder.File(Path.Combine("conf.d", name)), Render(File.ReadAllText(template), prepared));
        }

        return NginxServer.Start(folder, Http(folder.Path), arguments);
    }

    // As the image does, which sources what lies in /docker-entrypoint.d.
    private static Dictionary<string, string> Prepare(IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(". \"$0\" && env -0");
        start.ArgumentList.Add(Repository.File("nginx/16-clamproxy.envsh"));
        foreach (var name in start.Environment.Keys.Except(["PATH"]).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        return process.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(
            pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
    }

    // As the image does: only variables that exist are replaced. What is left over is a name that nobody set.
    private static string Render(string template, IReadOnlyDictionary<string, string> environment) =>
        Variable().Replace(template, match => environment.GetValueOrDefault(match.Groups[1].Value, match.Value));

    private static string Http(string folder) => $$"""
            log_format answers '$request_method $request_uri $status $body_bytes_sent $upstream_response_length';
            access_log {{folder}}/access.log answers;
            include {{folder}}/conf.d/*.conf;
        """;

    private static string AccessLog(TempFolder folder) => folder.File("access.log");

    [GeneratedRegex(@"\$\{([A-Z0-9_]+)\}")]
    private static partial Regex Variable();
}
