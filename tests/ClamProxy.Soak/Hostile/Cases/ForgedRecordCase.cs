using System.Security.Cryptography;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 23.</summary>
internal sealed class ForgedRecordCase() : HostileCase(
    "23-record",
    "who can write to Redis copies a clean file's record for an infected file, while VERDICT_KEY is set",
    "the infected file is refused")
{
    private const string Keys = "return table.concat(redis.call('KEYS', 'clamproxy:v1:content:*'), ' ')";

    public override async Task RunAsync(CaseRun run)
    {
        byte[] infected = [.. RandomBody.Of(1000), .. Eicar.Bytes];
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.On("/clean", RandomBody.Of(1000)).On("/infected", infected);
        var redis = run.Made(await RedisProcess.StartAsync());
        var proxy = await run.ProxyAsync(
            ("REDIS_URL", redis.Url), ("VERDICT_KEY", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))));
        using (var first = await proxy.GetAsync("/clean", origin.Url, cacheScan: true))
        {
            run.Must((int)first.StatusCode == 200, $"the clean file is a {(int)first.StatusCode}");
        }

        var key = await redis.AskAsync("EVAL", Keys, "0") ?? "";
        var record = await redis.AskAsync("GET", key);
        if (record is null)
        {
            run.Must(false, $"no record was written under one key: {key}");
            return;
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(infected));
        var forged = record.Replace(key.Split(':')[^1], sha256, StringComparison.OrdinalIgnoreCase);
        await redis.AskAsync("SET", $"clamproxy:v1:content:{sha256}", forged, "EX", "1000");
        using var request = ClientFrom.Ask("/infected", origin.Url, cacheScan: true);
        using var answer = await proxy.Client.SendAsync(request, run.Ending);
        run.Saw($"with a forged record the infected file is answered {(int)answer.StatusCode}");
        run.Must((int)answer.StatusCode == 409, $"the infected file is answered {(int)answer.StatusCode}");
    }
}
