using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.TestKit;

/// <summary>
/// Debian's nginx as an upstream that speaks HTTP/2 over TLS, with its own bounds of a request's fields, and sends one file slowly under
/// any name.
/// </summary>
public sealed class NginxHttp2 : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ServerProcess _process;

    private NginxHttp2(X509Certificate2 certificate, byte[] content, string rate, int keepAliveRequests)
    {
        Directory.CreateDirectory(_folder.File("root"));
        File.WriteAllBytes(_folder.File("root/file"), content);
        File.WriteAllText(_folder.File("server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_folder.File("server.key"), certificate.GetECDsaPrivateKey()!.ExportECPrivateKeyPem());
        _process = NginxServer.Start(_folder, Configuration(rate, keepAliveRequests));
    }

    public int Port { get; } = FreePort.Next();

    public string Url => $"https://127.0.0.1:{Port}";

    public string Log => _process.Log;

    /// <summary>Protocol, path and status of each answer, in the order in which they ended.</summary>
    public IReadOnlyList<string> Answers => File.ReadAllLines(_folder.File("access.log"));

    /// <param name="certificate">What it serves with.</param>
    /// <param name="content">The file.</param>
    /// <param name="rate">The most bytes a second of one answer, as nginx writes it.</param>
    /// <param name="keepAliveRequests">How many requests a connection takes before nginx says GOAWAY; 1000 by nginx's default.</param>
    public static async Task<NginxHttp2> StartAsync(
        X509Certificate2 certificate, byte[] content, string rate, int keepAliveRequests = 1000)
    {
        var nginx = new NginxHttp2(certificate, content, rate, keepAliveRequests);
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

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private string Configuration(string rate, int keepAliveRequests) => $$"""
            log_format answers '$server_protocol $request_uri $status';
            access_log {{_folder.Path}}/access.log answers;
            default_type application/octet-stream;
            server {
                listen 127.0.0.1:{{Port}} ssl http2;
                ssl_certificate {{_folder.Path}}/server.pem;
                ssl_certificate_key {{_folder.Path}}/server.key;
                large_client_header_buffers 4 4k;
                limit_rate {{rate}};
                keepalive_requests {{keepAliveRequests}};
                root {{_folder.Path}}/root;
                location / { try_files /file =404; }
            }
        """;
}
