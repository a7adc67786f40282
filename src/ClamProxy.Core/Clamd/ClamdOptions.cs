using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Clamd;

/// <summary>Where the scanners are and how patient to be with them.</summary>
public sealed class ClamdOptions : ISettings
{
    public static string Section => "Clamd";

    /// <summary>The scanners: <c>tcp://host:port</c>, <c>host:port</c>, <c>host</c> (port 3310), <c>unix:///path</c>. A name is
    /// looked up and followed: each of its addresses is a scanner of its own. Default: clamd.conf's customary TCPSocket on this
    /// machine.</summary>
    [Setting("takes a comma-separated list of tcp://host:port, host:port or unix:///path", Variable = "CLAMD_HOSTS", Alias = "CLAMD_URL")]
    public IReadOnlyList<string> Hosts { get; set; } = ["tcp://127.0.0.1:3310"];

    /// <summary>
    /// The pause between two look-ups of a scanner's name. 10 s: a pod that came or went is known in less time than it takes to load
    /// signatures. An address that left the name gets no new scans; a look-up that fails or finds nothing changes nothing.
    /// </summary>
    [Setting("takes a time from 00:00:00.1 to 01:00:00", Min = 0.1, Max = 3600)]
    public TimeSpan ResolveInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait for one look-up; only a scan that finds no scanner at all waits for it. 5 s: resolv.conf(5)'s time for one
    /// name server.</summary>
    [Setting("takes a time from 00:00:00.1 to 00:01:00", Min = 0.1, Max = 60)]
    public TimeSpan ResolveTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The most addresses of one name that get work. 16: at <see cref="MaxScansPerHost"/> scans each, 128 at once; whoever runs more knows
    /// it.
    /// </summary>
    [Setting("takes a number from 1 to 1000", Min = 1, Max = 1000)]
    public int MaxAddressesPerName { get; set; } = 16;

    /// <summary>
    /// Connections to each scanner that are kept tested and open for the next scans. With more scans at once, further ones are opened and
    /// tested as they are needed, which takes about 10 ms. 2: what a scanner of two cores is at its peak with. clamd counts them in its
    /// MaxQueue (100 by default), those of every ClamProxy together.
    /// </summary>
    [Setting("takes a number from 1 to 100", Min = 1, Max = 100)]
    public int ReadySessions { get; set; } = 2;

    /// <summary>
    /// How long a tested connection beyond <see cref="ReadySessions"/> is kept for the next scan. Each new one is tested, and each test is
    /// six or seven finds in clamd's log. 10 minutes: the next rush of a build farm finds it.
    /// </summary>
    [Setting("takes a time from 00:00:10 to 01:00:00", Min = 10, Max = 3600)]
    public TimeSpan SessionIdleTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest wait for a connection. 2 s: one lost SYN (1 s) and its repetition.</summary>
    [Setting("takes a time from 00:00:00.1 to 00:01:00", Min = 0.1, Max = 60)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest time without progress while a content is sent. 30 s: clamd spools all streams in one thread, which waits for
    /// the disk like everybody else.</summary>
    [Setting("takes a time from 00:00:01 to 00:10:00", Min = 1, Max = 600)]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time for one content, from its turn to its answer, all attempts together. 10 min: clamd's own MaxScanTime is 2
    /// min by default, 30 s per 100 MiB of archives measured.</summary>
    [Setting("takes a time from 00:00:01 to 24:00:00", Min = 1, Max = 86_400)]
    public TimeSpan ScanTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The pause between two probes (PING and VERSION) of a scanner that is up. 2 s: a probe costs 0.2 ms.</summary>
    [Setting("takes a time from 00:00:00.1 to 00:01:00", Min = 0.1, Max = 60)]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A scanner that answers neither probe nor scan for so long is down; its scans go to another. 10 s: a busy clamd took 3 s
    /// for a PING.</summary>
    [Setting("takes a time from 00:00:01 to 00:10:00", Min = 1, Max = 600)]
    public TimeSpan DownAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause before a scanner that went down is probed again; doubled with every failure, ±20 %.</summary>
    [Setting("takes a time from 00:00:00.01 to 00:01:00", Min = 0.01, Max = 60)]
    public TimeSpan RestTime { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest such pause. 5 s: a refused connection costs nobody anything.</summary>
    [Setting("takes a time from 00:00:00.01 to 00:10:00", Min = 0.01, Max = 600)]
    public TimeSpan RestTimeMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Scans in flight per scanner. 8: below clamd's default MaxThreads (10), so that its queue stays empty and probes pass; a
    /// 2-core clamd is at its peak with 2 and flat from there to 32.</summary>
    [Setting("takes a number from 1 to 1000", Min = 1, Max = 1000)]
    public int MaxScansPerHost { get; set; } = 8;

    /// <summary>How many of them may be larger than <see cref="SmallScan"/>: the rest is kept for small files, which would otherwise wait
    /// behind a row of half-minute archives. 0: as many as this machine has cores, at least 2, and two less than
    /// <see cref="MaxScansPerHost"/> at most. A scan is one thread of pure CPU, so more than the scanner's cores buy nothing and slow small
    /// files down: measured on two busy cores, the p99 of a 64-KiB file beside wheels is 2 to 3 times its idle value with 2, 4 to 6 times
    /// with 4, 11 times with 6. Set it where clamd runs on a machine with other cores.</summary>
    [Setting("takes a number from 0 to 1000", Min = 0, Max = 1000)]
    public int MaxLargeScansPerHost { get; set; }

    /// <summary>Rescans in flight per scanner, beside those of <see cref="MaxScansPerHost"/>. They begin only while no client waits and
    /// fewer than <see cref="MaxLargeScansPerHost"/> scans are under way. 1: half of a scanner of two cores, and the ninth of clamd's ten
    /// threads (its MaxThreads).</summary>
    [Setting("takes a number from 1 to 100", Min = 1, Max = 100)]
    public int MaxBackgroundScansPerHost { get; set; } = 1;

    /// <summary>The largest small content, in bytes. 1 MiB: about 50 ms of scanning. A content of unknown length is large.</summary>
    [Setting("takes a number of bytes, with K, M or G", Bytes = true, Min = 0)]
    public long SmallScan { get; set; } = 1024 * 1024;

    /// <summary>
    /// Scans that may wait for their turn; with one more, the client with the most waiting loses its newest. 512: at 3 ms (64 KiB) to 0.4 s
    /// (10 MiB) each, what a scanner of two cores does in <see cref="ScanWait"/>.
    /// </summary>
    [Setting("takes a number from 0 to 100000", Min = 0, Max = 100_000)]
    public int MaxWaitingScans { get; set; } = 512;

    /// <summary>The longest wait for a turn. 60 s: what most package clients bear.</summary>
    [Setting("takes a time from 00:00:00.1 to 01:00:00", Min = 0.1, Max = 3600)]
    public TimeSpan ScanWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often one content is tried, over all scanners, when one of them fails.</summary>
    [Setting("takes a number from 1 to 10", Min = 1, Max = 10)]
    public int Attempts { get; set; } = 3;

    /// <summary>A scan nobody waits for any more keeps its slot so long at most: clamd scans on until its MaxScanTime (2 min by
    /// default).</summary>
    [Setting("takes a time from 00:00:01 to 01:00:00", Min = 1, Max = 3600)]
    public TimeSpan AbandonedScanTime { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>Hand files to a clamd behind a unix socket as descriptors (FILDES) instead of copying them.</summary>
    [Setting("takes true or false")]
    public bool UseFileDescriptors { get; set; } = true;

    /// <summary>The size of an INSTREAM chunk, in bytes. 64 KiB: 4 KiB to 1 MiB measured alike.</summary>
    [Setting("takes a number of bytes from 4K to 1M", Bytes = true, Min = 4096, Max = 1024 * 1024)]
    public int ChunkSize { get; set; } = 64 * 1024;

    /// <summary>
    /// How often a trusted scanner is tested again though nothing shows that it has changed: after a restart, new signatures, a reload that
    /// STATS shows, a doubtful answer and on each new connection it is tested anyway. Default: 1 hour, so that what its log finds is seldom
    /// ours.
    /// </summary>
    [Setting("takes a time from 00:00:01 to 24:00:00", Min = 1, Max = 86_400)]
    public TimeSpan CanaryInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The longest time for one canary. 30 s: it queues behind whatever clamd is busy with.</summary>
    [Setting("takes a time from 00:00:01 to 00:10:00", Min = 1, Max = 600)]
    public TimeSpan CanaryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What to do with a scanner that says OK to content over its limits (<c>AlertExceedsMax no</c>).</summary>
    [Setting("takes refuse or accept", Variable = "SILENT_LIMITS")]
    public SilentLimits SilentLimits { get; set; } = SilentLimits.Refuse;

    /// <summary>What <see cref="MaxLargeScansPerHost"/> comes to.</summary>
    internal int LargeScansPerHost => LargeScans(Environment.ProcessorCount);

    public IEnumerable<SettingProblem> Problems()
    {
        if (Hosts.Count == 0)
        {
            yield return new SettingProblem(nameof(Hosts), "", ClamdEndpoint.Takes);
        }

        foreach (var host in Hosts)
        {
            if (ClamdEndpoint.TryParse(host) is null)
            {
                yield return new SettingProblem(nameof(Hosts), host, ClamdEndpoint.Takes);
            }
        }

        var twice = Hosts.Select(ClamdEndpoint.TryParse).OfType<ClamdEndpoint>().GroupBy(host => host.Text, StringComparer.Ordinal);
        foreach (var host in twice.Where(host => host.Count() > 1))
        {
            yield return new SettingProblem(nameof(Hosts), host.Key, "takes each scanner once");
        }
        if (MaxLargeScansPerHost > MaxScansPerHost)
        {
            yield return new SettingProblem(
                nameof(MaxLargeScansPerHost), $"{MaxLargeScansPerHost}", $"takes at most MaxScansPerHost ({MaxScansPerHost})");
        }
    }

    internal int LargeScans(int cores)
    {
        const int LeastLarge = 2;
        const int KeptForSmall = 2;
        if (MaxLargeScansPerHost > 0)
        {
            return MaxLargeScansPerHost;
        }

        return Math.Max(1, Math.Min(Math.Max(cores, LeastLarge), MaxScansPerHost - KeptForSmall));
    }
}
