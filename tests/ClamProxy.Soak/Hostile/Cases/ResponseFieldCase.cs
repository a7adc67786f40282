using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 20.</summary>
internal sealed class ResponseFieldCase() : HostileCase(
    "20-fields", "upstream sends fields that command servers in front or a browser's whole host", "none of them passes")
{
    private static readonly (string Name, string Value)[] Fields =
    [
        ("X-Accel-Redirect", "/secret"), ("X_Accel_Redirect", "/secret"), ("X-Sendfile", "/etc/passwd"),
        ("X-LIGHTTPD-send-file", "/etc/passwd"), ("X-Reproxy-URL", "http://127.0.0.1/"),
        ("Clear-Site-Data", "\"*\""), ("Service-Worker-Allowed", "/"),
    ];

    public override async Task RunAsync(CaseRun run)
    {
        var head = string.Concat(Fields.Select(field => $"{field.Name}: {field.Value}\r\n"));
        var origin = run.Made(RawOrigin.Saying($"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n{head}\r\nfile"));
        var proxy = await run.ProxyAsync();
        using var request = ClientFrom.Ask("/file", origin.Url);
        using var answer = await proxy.Client.SendAsync(request, run.Ending);
        string[] passed =
        [
            .. answer.Headers.Concat(answer.Content.Headers).Select(field => field.Key).Intersect(
                Fields.Select(field => field.Name), StringComparer.OrdinalIgnoreCase)
        ];
        run.Saw($"{(int)answer.StatusCode}, {Fields.Length - passed.Length} of {Fields.Length} fields stop here");
        run.Must(passed.Length == 0, $"these pass: {string.Join(", ", passed)}");
    }
}
