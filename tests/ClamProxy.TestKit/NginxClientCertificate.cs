using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.TestKit;

/// <summary>
/// Debian's nginx that serves a file to those who show a certificate of its authority, over HTTP/2 and HTTP/1.1, and names whose it was.
/// </summary>
public sealed class NginxClientCertificate : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ServerProcess _process;

    private NginxClientCertificate(X509Certificate2 certificate, string clientRootFile, byte[] content)
    {
        Directory.CreateDirectory(_folder.File("root"));
        File.WriteAllBytes(_folder.File("root/file"), content);
        File.WriteAllText(_folder.File("server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_folder.File("server.key"), certificate.GetECDsaPrivateKey()!.ExportECPrivateKeyPem());
        _process = NginxServer.Start(_folder, $$"""
                log_format answers '$ssl_client_verify $ssl_client_s_dn $request_uri $status $http_authorization';
                access_log {{_folder.Path}}/access.log answers;
                server {
                    listen 127.0.0.1:{{Port}} ssl http2;
                    ssl_certificate {{_folder.Path}}/server.pem;
                    ssl_certificate_key {{_folder.Path}}/server.key;
                    ssl_client_certificate {{clientRootFile}};
                    ssl_verify_client on;
                    root {{_folder.Path}}/root;
                }
            """);
    }

    public int Port { get; } = FreePort.Next();

    public string Log => _process.Log;

    /// <summary>Whether the client's certificate was good, whose it was, path, status and Authorization of each answer.</summary>
    public IReadOnlyList<string> Answers => File.ReadAllLines(_folder.File("access.log"));

    /// <param name="certificate">What it serves with.</param>
    /// <param name="clientRootFile">The authority that clients' certificates have to be of.</param>
    /// <param name="content">Its file, at /file.</param>
    public static async Task<NginxClientCertificate> StartAsync(X509Certificate2 certificate, string clientRootFile, byte[] content)
    {
        var nginx = new NginxClientCertificate(certificate, clientRootFile, content);
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
}
