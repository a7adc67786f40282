using ClamProxy.Soak.Hostile.Parts;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 8 with one more nginx in front, which asks in HTTP/1.0 as it does by default.</summary>
internal sealed class SecondNginxCase() : HostileCase(
    "8-cache",
    "a second nginx with proxy_cache, which speaks HTTP/1.0, is in front of the shipped one while an infected file of unknown length is "
        + "trickled",
    "the prefix is not in its cache as 200")
{
    public override async Task RunAsync(CaseRun run)
    {
        var (_, nginx) = await OldProtocolCase.StartAsync(run);
        var second = run.Made(new NginxServers());
        await second.StartAsync($$"""
            proxy_cache_path {{second.Folder}}/cache keys_zone=one:1m;
            server {
                listen 127.0.0.1:{{second.Port}};
                location / {
                    proxy_pass {{nginx.Address("EXAMPLE_PORT").GetLeftPart(UriPartial.Authority)}};
                    proxy_cache one;
                    proxy_cache_valid 200 1h;
                    add_header X-Second $upstream_cache_status;
                }
            }
            """);
        using var client = new HttpClient();
        var seen = new List<string>();
        for (var time = 0; time < 2; time++)
        {
            try
            {
                using var answer = await client.GetAsync($"http://127.0.0.1:{second.Port}/file", run.Ending);
                var length = (await answer.Content.ReadAsByteArrayAsync(run.Ending)).Length;
                var from = answer.Headers.TryGetValues("X-Second", out var values) ? string.Join("", values) : "none";
                seen.Add($"{(int)answer.StatusCode} with {length} bytes, cache {from}");
            }
            catch (HttpRequestException e)
            {
                seen.Add(e.HttpRequestError.ToString());
            }
        }

        run.Saw($"through the second nginx: {string.Join("; then ", seen)}");
        run.Must(
            !seen.Exists(one => one.StartsWith("200 ", StringComparison.Ordinal)),
            $"a refused file's prefix comes as 200: {string.Join("; then ", seen)}");
    }
}
