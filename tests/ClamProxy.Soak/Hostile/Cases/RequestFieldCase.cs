using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Items 15 and 19: a field of a client's that must not go upstream as it came.</summary>
/// <param name="fields">The client's fields, whole lines.</param>
/// <param name="isWrong">Whether upstream was told what it must not be told.</param>
internal sealed class RequestFieldCase(
    string name, string attack, string holds, string fields, Func<FakeOriginRequest, bool> isWrong) : HostileCase(name, attack, holds)
{
    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.On("/file", RandomBody.Of(1000));
        var proxy = await run.ProxyAsync();

        var answer = await Loopback.SayAsync(
            "127.0.0.1",
            proxy.Port,
            $"GET /file HTTP/1.1\r\nHost: x\r\nDownload-From: {origin.Url}\r\n{fields}",
            TimeSpan.FromSeconds(5),
            run.Ending);

        var request = origin.Requests.SingleOrDefault();
        run.Saw(
            $"{Loopback.StatusOf(answer)}; upstream was sent "
                + $"{(request is null ? "nothing" : string.Join(", ", request.Headers.Select(field => $"{field.Key}: {field.Value}")))}");
        run.Must(
            request is null || !isWrong(request),
            $"upstream was sent {string.Join(", ", request?.Headers.Select(field => $"{field.Key}: {field.Value}") ?? [])}");
    }
}
