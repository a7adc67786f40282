
namespace ClamProxy.TestKit;

/// <summary>
/// A start of Debian's nginx: one process without workers, so that it runs as the user that runs the tests and ends when it is ended; all
/// that it writes stays in its folder.
/// </summary>
public static class NginxServer
{
    /// <summary>Starts it with what a test has in its block <c>http</c>.</summary>
    /// <param name="folder">Where its files go.</param>
    /// <param name="http">The lines of the block; an access log is written where they say so.</param>
    /// <param name="arguments">Further arguments, such as <c>-t</c>.</param>
    public static ServerProcess Start(TempFolder folder, string http, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(folder);
        File.WriteAllText(folder.File("nginx.conf"), $$"""
            daemon off;
            master_process off;
            pid {{folder.Path}}/nginx.pid;
            error_log stderr info;
            events { worker_connections 256; }
            http {
                client_body_temp_path {{folder.Path}}/body;
                proxy_temp_path {{folder.Path}}/proxy;
                fastcgi_temp_path {{folder.Path}}/fastcgi;
                uwsgi_temp_path {{folder.Path}}/uwsgi;
                scgi_temp_path {{folder.Path}}/scgi;
            {{http}}
            }
            """);
        return ServerProcess.Start("nginx", ["-e", "stderr", "-p", folder.Path, "-c", folder.File("nginx.conf"), .. arguments]);
    }
}
