using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 8, behind the shipped nginx templates. Only the waits are shorter, as in <see cref="BrokenTrickleCase"/>.</summary>
/// <param name="protocol">curl's option.</param>
/// <param name="isIndex">The server of PyPI's index, whose pages nginx changes by sub_filter; else the server for any files.</param>
internal sealed class OldProtocolCase(string protocol, bool isIndex) : HostileCase(
    $"8-{protocol}{(isIndex ? "-sub-filter" : "")}",
    "an infected file of unknown length is trickled through the shipped nginx to curl "
        + $"--{protocol}{(isIndex ? ", which asks for a page that nginx changes" : "")}",
    "curl does not end with success")
{
    public override async Task RunAsync(CaseRun run)
    {
        var (proxy, nginx) = await StartAsync(run);
        var url = new Uri(nginx.Address(isIndex ? "PYPI_PORT" : "EXAMPLE_PORT"), "/simple/file/").AbsoluteUri;
        var folder = run.Folder();

        var curl = await ProgramRun.OfAsync(
            "curl", ["-q", "-fsS", $"--{protocol}", "-m", "40", "-o", folder.File("out"), url], folder.Path, run.Ending);

        var download = Download.Of(curl.ExitCode == 0, folder.File("out"), curl.Log);
        run.Saw($"curl --{protocol} ended with {curl.ExitCode}, {download.Length} bytes on disk");
        run.Must(!download.IsComplete, $"curl --{protocol} takes {download.Length} bytes of a refused file for the whole");
        run.Must(!proxy.HasExited, "ClamProxy has ended");
    }

    /// <summary>ClamProxy and the shipped nginx in front of an upstream that drips one infected file.</summary>
    public static async Task<(ProxyProcess Proxy, NginxProcess Nginx)> StartAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        byte[] infected = [.. RandomBody.Of(400_000), .. Eicar.Bytes];
        origin.Otherwise = context =>
        {
            context.Response.ContentType = "text/html";
            return SteppedOrigin.DripAsync(context, infected, TimeSpan.FromSeconds(2), isChunked: true);
        };
        // DELIVERY stays the default: what is under test is how it is told of the client's protocol.
        var proxy = await run.ProxyAsync([("TRUSTED_PROXIES", "127.0.0.1/32"), .. BrokenTrickleCase.ShortWaits]);
        var nginx = run.Made(await NginxProcess.StartAsync(new Dictionary<string, string>(NginxProcess.Defaults($"127.0.0.1:{proxy.Port}"))
        {
            ["EXAMPLE_DOWNLOAD_FROM"] = origin.Url,
            ["PYPI_DOWNLOAD_FROM"] = origin.Url,
        }));
        return (proxy, nginx);
    }
}
