using System.Globalization;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Redis;

/// <summary>Which Redis all instances share, and how long a request waits for it. Its keys stand among those of the verdicts.</summary>
public sealed class RedisOptions : ISettings
{
    private const int DefaultPort = 6379;

    public static string Section => "Verdicts";

    /// <summary>The Redis that all instances share. Default: unset, each process keeps its own verdicts in memory.</summary>
    /// <remarks>Holds a password: never logged or shown; <see cref="RedisAddress"/> masks it.</remarks>
    [Setting(Redis.RedisUrl.Takes, Variable = "REDIS_URL")]
    public string? RedisUrl { get; set; }

    /// <summary>
    /// The same for a server without password, TLS and database number. <see cref="RedisUrl"/> wins: where it is set this one is not read.
    /// Default: unset.
    /// </summary>
    [Setting("a name or an address, without scheme and port; for a password or TLS set REDIS_URL instead", Variable = "REDIS_HOST")]
    public string? RedisHost { get; set; }

    /// <summary>
    /// The port of <see cref="RedisHost"/>, read only with it. Default 6379, range 1 to 65535. <c>tcp://host:port</c> is taken as its port:
    /// Kubernetes sets REDIS_PORT to that in every pod beside a service named redis.
    /// </summary>
    [Setting("a port from 1 to 65535", Variable = "REDIS_PORT")]
    public string? RedisPort { get; set; }

    /// <summary>
    /// How long one call to Redis may take, connecting included, before it counts as a miss. Default 250 milliseconds,
    /// range 10 milliseconds to 10 seconds. Redis answers in well under a millisecond; 200 milliseconds is the least that
    /// Linux waits before it sends a lost packet again, so 250 lets one lost packet pass unnoticed.
    /// </summary>
    [Setting("a time such as 00:00:00.250, 10 milliseconds to 10 seconds", Min = 0.01, Max = 10)]
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How many calls in a row must fail before Redis is not asked for a while. Default 5, range 1 to 1000. A single
    /// client then waits for a dead Redis five times at most; one reset connection is fewer failures than that.
    /// </summary>
    [Setting("a number of calls, 1 to 1000", Min = 1, Max = 1_000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>
    /// How long Redis is not asked at first. Default 1 second, range 10 milliseconds to 1 hour: what a restart of Redis takes. Doubled each
    /// time it still does not answer (not in a Cluster, where the next call may go to a node that lives), up to
    /// <see cref="BreakerRestMax"/>, and varied by a fifth so that many instances do not come back together.
    /// </summary>
    [Setting("a time such as 00:00:01, 10 milliseconds to 1 hour", Min = 0.01, Max = 3_600)]
    public TimeSpan BreakerRest { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest time for which Redis is not asked. Default 15 seconds, range 10 milliseconds to 1 hour: one call in 15 seconds that
    /// waits for <see cref="RedisTimeout"/> costs nothing that a user notices.
    /// </summary>
    [Setting("a time such as 00:00:15, not below BreakerRest, at most 1 hour", Min = 0.01, Max = 3_600)]
    public TimeSpan BreakerRestMax { get; set; } = TimeSpan.FromSeconds(15);

    internal bool IsUsed => !string.IsNullOrEmpty(RedisUrl) || !string.IsNullOrEmpty(RedisHost);

    public IEnumerable<SettingProblem> Problems()
    {
        if (!string.IsNullOrEmpty(RedisUrl))
        {
            if (Redis.RedisUrl.Parse(RedisUrl) is { Problem: { } problem })
            {
                yield return new SettingProblem(nameof(RedisUrl), RedisAddress.MaskUrl(RedisUrl), $"{Redis.RedisUrl.Takes}; {problem}");
            }
        }
        else if (!string.IsNullOrEmpty(RedisHost))
        {
            if (Port() is null)
            {
                yield return new SettingProblem(nameof(RedisPort), RedisPort ?? "", "a port from 1 to 65535");
            }
            else if (Address() is null)
            {
                yield return new SettingProblem(
                    nameof(RedisHost), RedisAddress.MaskUrl("redis://" + RedisHost), "a name or an address, without scheme and port");
            }
        }

        if (BreakerRestMax < BreakerRest)
        {
            yield return new SettingProblem(
                nameof(BreakerRestMax), BreakerRestMax.ToString("c"), $"a time not below BreakerRest ({BreakerRest:c})");
        }
    }

    /// <returns>Null: nothing is set, or what is set is wrong; <see cref="Problems"/> says how.</returns>
    internal RedisAddress? Address()
    {
        if (!string.IsNullOrEmpty(RedisUrl))
        {
            return Redis.RedisUrl.Parse(RedisUrl).Address;
        }

        var host = RedisHost?.Contains(':', StringComparison.Ordinal) is true && !RedisHost.StartsWith('[') ? $"[{RedisHost}]" : RedisHost;
        return Port() is { } port
            && RedisEndPoint.Parse(host ?? "", port) is { } endPoint
            && !host!.Contains("]:", StringComparison.Ordinal)
            ? new RedisAddress { Topology = RedisTopology.Standalone, EndPoints = [endPoint] }
            : null;
    }

    private int? Port()
    {
        if (string.IsNullOrEmpty(RedisPort))
        {
            return DefaultPort;
        }

        var port = RedisPort.StartsWith("tcp://", StringComparison.Ordinal) ? RedisPort[(RedisPort.LastIndexOf(':') + 1)..] : RedisPort;
        return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
    }
}
