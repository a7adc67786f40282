using System.Text;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 1a with <c>curl | sh</c>, which runs lines as they come and needs no resume.</summary>
internal sealed class PipedScriptCase() : HostileCase(
    "1a-curl-sh",
    "a script known as clean is infected for one request, and runs while it is downloaded: curl | sh",
    "no line of the infected script is run")
{
    private const int Lines = 10_000;

    public override async Task RunAsync(CaseRun run)
    {
        var (clean, infected) = (Script("touch harmless", "#"), Script("touch infected", "# " + Encoding.ASCII.GetString(Eicar.Bytes)));
        var origin = run.Made(await FakeOrigin.StartAsync());
        var asked = 0;
        origin.On("/install.sh", async context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            var script = Interlocked.Increment(ref asked) == 2 ? infected : clean;
            await SteppedOrigin.PauseAsync(context, script, script.Length - 1, TimeSpan.FromSeconds(1), isCut: false);
        });
        var proxy = await run.ProxyAsync(Route.Of("files", origin.Url, cacheScan: true));
        var url = $"http://127.0.0.1:{proxy.Port}/files/install.sh";
        var folder = run.Folder();
        var first = await ProgramRun.OfAsync("curl", ["-q", "-fsS", "-o", folder.File("first"), url], folder.Path, run.Ending);
        run.Must(first.ExitCode == 0, $"the clean script is not delivered: {first.Log}");
        var shell = await ProgramRun.OfAsync("sh", ["-c", "curl -q -fsS \"$0\" | sh", url], folder.Path, run.Ending);
        var ran = File.Exists(folder.File("infected"));
        run.Saw($"curl | sh ended with {shell.ExitCode}, the infected script's first line {(ran ? "was run" : "was not run")}");
        run.Must(!ran, "the first line of the infected script was run");
    }

    private static byte[] Script(string first, string second)
    {
        var text = new StringBuilder($"{first}\n{second.PadRight(80)}\n");
        for (var line = 0; line < Lines; line++)
        {
            text.Append(": nothing is done here, many times over, so that the script is long\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
