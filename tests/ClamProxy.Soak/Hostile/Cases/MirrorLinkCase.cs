using System.Text;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 22, with aria2 and the preset generic, which is for any server's files.</summary>
/// <param name="isMetalink">A metalink (RFC 5854) in place of a Link field (RFC 6249).</param>
internal sealed class MirrorLinkCase(bool isMetalink) : HostileCase(
    isMetalink ? "22-metalink" : "22-link",
    isMetalink
        ? "the answer is a metalink that names another server, and aria2 follows it"
        : "an infected file is trickled with Link: rel=duplicate to another server, to which aria2 turns for the rest when the transfer "
            + "is broken off",
    "aria2 asks nobody but ClamProxy")
{
    private const int Size = 1 << 20;

    public override async Task RunAsync(CaseRun run)
    {
        var wheel = new VariantWheel("hostile", Size);
        var infected = wheel.Infected(Size - 1000);
        var other = run.Made(await FakeOrigin.StartAsync());
        other.On(wheel.Path, infected);
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.On(wheel.Path, context => isMetalink ? MetalinkAsync(context, wheel, other) : LinkAsync(context, wheel, other, infected));
        var proxy = await run.ProxyAsync([("PRESETS", "generic"), ("GENERIC_UPSTREAM", $"{origin.Url}/"), .. BrokenTrickleCase.ShortWaits]);
        var folder = run.Folder();

        var download = await DownloadClients.Aria2.DownloadAsync(
            new DownloadJob($"http://127.0.0.1:{proxy.Port}/generic", wheel, folder), run.Ending);

        run.Saw($"aria2 {(download.IsComplete ? "says complete" : "failed")}; the other server was asked {other.Requests.Count} times");
        run.Must(
            other.Requests.Count == 0,
            $"aria2 asked the other server {other.Requests.Count} times past the "
                + $"proxy{(download.HasEicar ? " and has the infected file" : "")}");
    }

    private static Task LinkAsync(HttpContext context, VariantWheel wheel, FakeOrigin other, byte[] infected)
    {
        context.Response.Headers.Link = $"<{other.Url}{wheel.Path}>; rel=duplicate; pri=1";
        return SteppedOrigin.DripAsync(context, infected, TimeSpan.FromSeconds(2));
    }

    private static Task MetalinkAsync(HttpContext context, VariantWheel wheel, FakeOrigin other)
    {
        context.Response.ContentType = "application/metalink4+xml";
        return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(
            $"""<?xml version="1.0" encoding="UTF-8"?><metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="{wheel.FileName}"><url>{other.Url}{wheel.Path}</url></file></metalink>"""));
    }
}
