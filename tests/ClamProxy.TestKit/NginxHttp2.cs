using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.TestKit;

/// <summary>Debian's nginx as an upstream that speaks HTTP/2 over TLS, with its own bounds of a request's fields, and sends one file slowly under any name.</summary>
public sealed class NginxHttp2 : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ServerProcess _process;

    private NginxHttp2(X509Certificate2 certificate, byte[] content, string rate)
    {
        Directory.CreateDirectory(_folder.File("root"));
        File.WriteAllBytes(_folder.File("root/file"), content);
        File.WriteAllText(_folder.File("server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_folder.File("server.key"), certificate.GetECDsaPrivateKey()!.ExportECPrivateKeyPem());
        File.WriteAllText(_folder.File("nginx.conf"), Configuration(rate));
        _process = ServerProcess.Start("nginx", ["-e", "stderr", "-p", _folder.Path, "-c", _folder.File("nginx.conf")]);
    }

    public int Port { get; } = FreePort.Next();

    public string Url => $"https://127.0.0.1:{Port}";

    public string Log => _process.Log;

    /// <summary>Protocol, path and status of each answer, in the order in which they ended.</summary>
    public IReadOnlyList<string> Answers => File.ReadAllLines(_folder.File("access.log"));

    /// <param name="rate">The most bytes a second of one answer, as nginx writes it.</param>
    public static async Task<NginxHttp2> StartAsync(X509Certificate2 certificate, byte[] content, string rate)
    {
        var nginx = new NginxHttp2(certificate, content, rate);
        try
        {
            await nginx._process.WaitUntilAsync(nginx.ListensAsync, StartTime);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private string Configuration(string rate) => $$"""
        daemon off;
        master_process off;
        pid {{_folder.Path}}/nginx.pid;
        error_log stderr info;
        events { worker_connections 256; }
        http {
            log_format answers '$server_protocol $request_uri $status';
            access_log {{_folder.Path}}/access.log answers;
            client_body_temp_path {{_folder.Path}}/body;
            proxy_temp_path {{_folder.Path}}/proxy;
            fastcgi_temp_path {{_folder.Path}}/fastcgi;
            uwsgi_temp_path {{_folder.Path}}/uwsgi;
            scgi_temp_path {{_folder.Path}}/scgi;
            default_type application/octet-stream;
            server {
                listen 127.0.0.1:{{Port}} ssl http2;
                ssl_certificate {{_folder.Path}}/server.pem;
                ssl_certificate_key {{_folder.Path}}/server.key;
                large_client_header_buffers 4 4k;
                limit_rate {{rate}};
                root {{_folder.Path}}/root;
                location / { try_files /file =404; }
            }
        }
        """;

    private async Task<bool> ListensAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
