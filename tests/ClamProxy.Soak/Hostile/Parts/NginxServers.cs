using System.Security.Cryptography.X509Certificates;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>Debian's nginx with servers of a case's own: an upstream, or one more proxy in front.</summary>
internal sealed class NginxServers : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(15);

    private readonly TempFolder _folder = new();
    private ServerProcess? _process;

    public int Port { get; } = FreePort.Next();

    public string Folder => _folder.Path;

    public string Log => _process?.Log ?? "";

    /// <param name="http">What stands in the block http besides folders and logs, such as a server that listens on
    /// <see cref="Port"/>.</param>
    public async Task StartAsync(string http)
    {
        await File.WriteAllTextAsync(_folder.File("nginx.conf"), $$"""
            daemon off;
            master_process off;
            pid {{Folder}}/nginx.pid;
            error_log stderr info;
            events { worker_connections 256; }
            http {
                access_log off;
                client_body_temp_path {{Folder}}/body;
                proxy_temp_path {{Folder}}/proxy;
                fastcgi_temp_path {{Folder}}/fastcgi;
                uwsgi_temp_path {{Folder}}/uwsgi;
                scgi_temp_path {{Folder}}/scgi;
                default_type application/octet-stream;
                {{http}}
            }
            """);
        _process = ServerProcess.Start("nginx", ["-e", "stderr", "-p", Folder, "-c", _folder.File("nginx.conf")]);
        await _process.UntilListensAsync(Port, StartTime);
    }

    /// <summary>Starts it with one server that speaks TLS and HTTP/2 and serves the folder <c>root</c>.</summary>
    /// <param name="more">Further lines of the server.</param>
    /// <returns>Its URL, without a trailing slash.</returns>
    public async Task<string> StartHttp2Async(FakeOriginCertificate certificate, string more)
    {
        using var key = certificate.Server.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(_folder.File("cert.pem"), certificate.Server.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
        Directory.CreateDirectory(_folder.File("root"));
        await StartAsync($$"""
            server {
                listen 127.0.0.1:{{Port}} ssl http2;
                ssl_certificate {{Folder}}/cert.pem;
                ssl_certificate_key {{Folder}}/key.pem;
                root {{Folder}}/root;
                {{more}}
            }
            """);
        return $"https://127.0.0.1:{Port}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }
}
