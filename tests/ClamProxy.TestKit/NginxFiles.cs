namespace ClamProxy.TestKit;

/// <summary>Debian's nginx as a plain server of files: what ranges and conditions are compared with.</summary>
public sealed class NginxFiles : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly ServerProcess _process;

    private NginxFiles(int maxRanges)
    {
        Directory.CreateDirectory(Root);
        _process = NginxServer.Start(_folder, Configuration(maxRanges));
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>Such as <c>http://127.0.0.1:20000</c>, without a trailing slash.</summary>
    public string Url => $"http://127.0.0.1:{Port}";

    public string Log => _process.Log;

    private string Root => _folder.File("root");

    /// <summary>
    /// Starts it with an empty folder and waits until it listens. Below <c>/before/</c> are the same files, with <c>if_modified_since
    /// before</c>.
    /// </summary>
    /// <param name="maxRanges">The most parts it sends in one answer; more, and it sends the whole file.</param>
    public static async Task<NginxFiles> StartAsync(int maxRanges)
    {
        var nginx = new NginxFiles(maxRanges);
        try
        {
            await nginx._process.UntilListensAsync(nginx.Port, StartTime);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a file below its root.</summary>
    /// <param name="modified">Its Last-Modified; with its length, nginx makes its ETag of it too.</param>
    public void Add(string name, byte[] content, DateTimeOffset modified)
    {
        File.WriteAllBytes(Path.Combine(Root, name), content);
        File.SetLastWriteTimeUtc(Path.Combine(Root, name), modified.UtcDateTime);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private string Configuration(int maxRanges) => $$"""
            access_log off;
            keepalive_requests 1000000;
            large_client_header_buffers 4 32k;
            default_type application/octet-stream;
            max_ranges {{maxRanges}};
            server {
                listen 127.0.0.1:{{Port}};
                location / { root {{Root}}; }
                location /before/ { alias {{Root}}/; if_modified_since before; }
            }
        """;
}
