using System.Text;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 6: fields that an upstream reflects without naming them in Vary.</summary>
internal sealed class ReflectedFieldCase() : HostileCase(
    "6-reflected",
    "upstream writes request fields into its answers without Vary, and one client asks first, with values of its own",
    "nobody else's answer has those values in it")
{
    private const string Poison = "poisoned-by-another";

    private static readonly string[] Fields =
    [
        "User-Agent", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Referer", "Origin", "From",
        "X-Original-URL", "X-Request-Id", "X-Anything", "Prefer", "DNT",
    ];

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.Otherwise = context => FakeOrigin.SendAsync(
            context,
            Encoding.UTF8.GetBytes(
                string.Join(
                    '\n', context.Request.Headers.Select(field => $"{field.Key}: {field.Value}").Append(context.Request.Path.Value))));
        var proxy = await run.ProxyAsync(("STORE_PATH", run.Folder().File("store")));
        using var attacker = ClientFrom.Http("127.0.0.2", proxy.Port);
        using var honest = ClientFrom.Http("127.0.0.1", proxy.Port);
        List<string> reflected = [];
        foreach (var field in Fields)
        {
            using (await attacker.SendAsync(ClientFrom.Ask($"/{field}", origin.Url, cacheScan: true, fields: (field, Poison)), run.Ending))
            {
                // It is in the store now.
            }

            using var answer = await honest.SendAsync(ClientFrom.Ask($"/{field}", origin.Url, cacheScan: true), run.Ending);
            if ((await answer.Content.ReadAsStringAsync(run.Ending)).Contains(Poison, StringComparison.Ordinal))
            {
                reflected.Add(field);
            }
        }

        run.Saw($"{Fields.Length - reflected.Count} of {Fields.Length} fields stay the asker's own");
        run.Must(reflected.Count == 0, $"others get what one client sent in {string.Join(", ", reflected)}");
    }
}
