using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Names;

/// <summary>How many host names are resolved at once, for whom, and for how long.</summary>
public sealed class NameOptions : ISettings
{
    public static string Section => "Names";

    /// <summary>
    /// Threads that resolve names; each blocks for as long as the system's resolver does (with a silent name server 10 s by default, and
    /// more with search domains). 32: with ThreadsPerClient it takes eight clients at once to use all of them; an idle thread costs 30 KB.
    /// </summary>
    [Setting("takes a number from 1 to 256", Min = 1, Max = 256)]
    public int Threads { get; set; } = 32;

    /// <summary>How many of them resolve names for one client at once (an IPv6 client is its /64). 4: an eighth of Threads.</summary>
    [Setting("takes a number from 1 to 256", Min = 1, Max = 256)]
    public int ThreadsPerClient { get; set; } = 4;

    /// <summary>Names that wait for a thread or have one. A further name is answered "too much work". 1024: twice MaxFlights.</summary>
    [Setting("takes a number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxNames { get; set; } = 1024;

    /// <summary>How many of them one client may have waiting. 64: package clients ask a few hosts, a browser a few dozen.</summary>
    [Setting("takes a number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxNamesPerClient { get; set; } = 64;

    /// <summary>
    /// How long a request waits for a name, the wait for a thread included. 8 s: the system's resolver asks a second name server after 5 s,
    /// and the ConnectTimeout of downloads (10 s) is not over.
    /// </summary>
    [Setting("takes a time from 0.05 s to 5 minutes, such as 00:00:08", Min = 0.05, Max = 300)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long it is remembered that a name could not be resolved. 5 s, as RFC 9520 §3.2 starts; 0: not at all.</summary>
    [Setting("takes a time from 0 to 5 minutes, such as 00:00:05", Min = 0, Max = 300)]
    public TimeSpan FailureTtl { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many such names are remembered; the oldest make room. 4096: less than 2 MB.</summary>
    [Setting("takes a number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxFailures { get; set; } = 4096;

    public IEnumerable<SettingProblem> Problems()
    {
        if (ThreadsPerClient > Threads)
        {
            yield return new SettingProblem(nameof(ThreadsPerClient), $"{ThreadsPerClient}", $"takes at most Threads, {Threads}");
        }
    }
}
