using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 18.</summary>
internal sealed class EndlessBodyCase() : HostileCase(
    "18-no-length",
    "a body of an immutable file ends with its connection and has no length: nobody knows whether it is whole",
    "it is not kept in the store")
{
    public override async Task RunAsync(CaseRun run)
    {
        var origin = new RawOrigin(
            conversation => conversation.SayAsync("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nConnection: close\r\n\r\nhalf of a file"));
        ProxyProcess proxy;
        await using (origin)
        {
            proxy = await run.ProxyAsync(("STORE_PATH", run.Folder().File("store")));
            using var first = await proxy.GetAsync("/file", origin.Url, cacheScan: true);
            run.Saw($"the first answer is {(int)first.StatusCode}");
        }

        using var request = ClientFrom.Ask("/file", origin.Url, cacheScan: true);
        using var second = await proxy.Client.SendAsync(request, run.Ending);
        run.Saw($"with upstream down it is {(int)second.StatusCode}");
        run.Must((int)second.StatusCode != 200, "it is served from the store");
    }
}
