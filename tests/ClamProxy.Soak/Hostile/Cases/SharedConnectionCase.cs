using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 7.</summary>
internal sealed class SharedConnectionCase() : HostileCase(
    "7-http2",
    "4 downloads of 12 MiB come over one HTTP/2 connection from nginx, and another client sends a User-Agent of 20000 bytes, at which "
        + "nginx closes it",
    "all 4 end whole")
{
    private const int Size = 12 << 20;
    private const int Downloads = 4;

    public override async Task RunAsync(CaseRun run)
    {
        using var certificate = new FakeOriginCertificate();
        var nginx = run.Made(new NginxServers());
        var upstream = await nginx.StartHttp2Async(certificate, "limit_rate 4m;");
        for (var file = 0; file < Downloads; file++)
        {
            await File.WriteAllBytesAsync(Path.Combine(nginx.Folder, $"root/{file}"), RandomBody.Of(Size), run.Ending);
        }

        var proxy = await run.ProxyAsync(("ClamProxy__Download__ExtraRootCertificates", certificate.RootFile));
        using var honest = ClientFrom.Http("127.0.0.1", proxy.Port);
        Task<(int Status, int Length)>[] downloads =
        [
            .. Enumerable.Range(0, Downloads).Select(file => DownloadAsync(honest, $"/{file}", upstream, run.Ending))
        ];
        using var attacker = ClientFrom.Http("127.0.0.2", proxy.Port);
        for (var time = 0; time < 4; time++)
        {
            await Task.Delay(500, run.Ending);
            using var answer = await attacker.SendAsync(
                ClientFrom.Ask($"/attack{time}", upstream, fields: ("User-Agent", new string('A', 20_000))), run.Ending);
            run.Saw($"the attacker got {(int)answer.StatusCode}");
        }

        var results = await Task.WhenAll(downloads);
        run.Saw($"the downloads: {string.Join(", ", results.Select(result => $"{result.Status} with {result.Length} bytes"))}");
        var whole = results.Count(result => result is (200, Size));
        run.Must(
            whole == Downloads,
            $"{Downloads - whole} of {Downloads} downloads broke: {string.Join(", ", results.Select(result => result.Status))}");
    }

    private static async Task<(int Status, int Length)> DownloadAsync(
        HttpClient client, string path, string upstream, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(ClientFrom.Ask(path, upstream), cancellationToken);
        return ((int)answer.StatusCode, (await answer.Content.ReadAsByteArrayAsync(cancellationToken)).Length);
    }
}
