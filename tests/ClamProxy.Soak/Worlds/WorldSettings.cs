namespace ClamProxy.Soak.Worlds;

/// <summary>Settings of the processes under test.</summary>
internal static class WorldSettings
{
    /// <summary>The least it takes: so long a scan error may be repeated to the client whose trickle it broke off.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Short times, so that a hanging dependency is given up within seconds; small bounds, so that small files take the way of large ones.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Quick { get; } = new Dictionary<string, string>
    {
        ["LOG_LEVEL"] = "Warning",
        ["PATIENCE_SECONDS"] = "400ms",
        ["HOLD_BACK_BYTES"] = $"{ProxyUnderTest.HoldBack}",
        ["ClamProxy__Gate__TrickleInterval"] = "100ms",
        ["ClamProxy__Gate__Linger"] = $"{Linger.TotalSeconds}s",
        ["ClamProxy__Gate__FollowFor"] = "500ms",
        ["ClamProxy__Gate__FollowScanFor"] = "5s",
        ["ClamProxy__Spool__MemoryThreshold"] = "32K",
        ["ClamProxy__Clamd__ConnectTimeout"] = "500ms",
        ["ClamProxy__Clamd__SendTimeout"] = "2s",
        ["ClamProxy__Clamd__ScanTimeout"] = "6s",
        ["ClamProxy__Clamd__ScanWait"] = "4s",
        ["ClamProxy__Clamd__ProbeInterval"] = "200ms",
        ["ClamProxy__Clamd__DownAfter"] = "1500ms",
        ["ClamProxy__Clamd__RestTime"] = "100ms",
        ["ClamProxy__Clamd__RestTimeMax"] = "300ms",
        ["ClamProxy__Clamd__AbandonedScanTime"] = "3s",
        ["ClamProxy__Clamd__CanaryTimeout"] = "5s",
        ["ClamProxy__Download__ConnectTimeout"] = "1s",
        ["ClamProxy__Download__HeaderTimeout"] = "2s",
        ["ClamProxy__Download__IdleTimeout"] = "5s",
        ["ClamProxy__Download__TotalTimeout"] = "15s",
        ["ClamProxy__Uploads__AnswerTimeout"] = "5s",
        ["ClamProxy__Verdicts__RedisTimeout"] = "300ms",
        ["ClamProxy__Verdicts__BreakerRest"] = "100ms",
        ["ClamProxy__Verdicts__BreakerRestMax"] = "500ms",
        ["ClamProxy__Leases__LeaseTime"] = "2s",
        ["ClamProxy__Store__OpenFiles"] = "4",
        // Each stored file takes three inodes, and the small disk has 100,000: minutes at saturation would take them all.
        ["ClamProxy__Store__Entries"] = "10000",
        ["ClamProxy__Store__ScrubRate"] = "0",
    };
}
