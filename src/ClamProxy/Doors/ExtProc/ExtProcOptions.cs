using ClamProxy.Access;
using ClamProxy.Core.Settings;

namespace ClamProxy.Doors.ExtProc;

/// <summary>What one transaction that Envoy sends may bring and take.</summary>
public sealed class ExtProcOptions : ISettings
{
    private const string NetworksTaken = "takes CIDRs or addresses, such as 10.1.0.0/16,192.0.2.7";
    private const double Day = 24 * 60 * 60;

    public static string Section => "ExtProc";

    /// <summary>
    /// Who may open streams, besides this machine and TRUSTED_CLIENTS: Envoys. Whoever does names URLs and clients. Default: nobody.
    /// </summary>
    [Setting(NetworksTaken, Variable = "EXT_PROC_CLIENTS")]
    public IReadOnlyList<string> Clients { get; init; } = [];

    /// <summary>
    /// What becomes of bodies in the modes STREAMED and BUFFERED_PARTIAL, of which Envoy passes bytes on before there is a verdict:
    /// <c>refuse</c> answers them with 500, <c>allow</c> passes them while they are scanned and breaks off what is not clean. Default:
    /// refuse.
    /// </summary>
    [Setting("takes refuse or allow", Variable = "EXT_PROC_STREAMED")]
    public UnheldBodies Streamed { get; init; } = UnheldBodies.Refuse;

    /// <summary>
    /// The largest message that is taken, in bytes, and so the largest body in the mode BUFFERED, which is one message. Give it what
    /// Envoy's buffer limit is. Default: 64 MiB.
    /// </summary>
    [Setting("takes bytes from 64K to 1G", Variable = "EXT_PROC_MAX_MESSAGE", Bytes = true, Min = 64 << 10, Max = 1 << 30)]
    public long MaxMessage { get; init; } = 64 << 20;

    /// <summary>
    /// All bodies in the mode BUFFERED together, in bytes, since such a message is in memory as a whole: each counts with its
    /// Content-Length, or with <see cref="MaxMessage"/> where it has none, from its headers until it is in the spool. A further one is
    /// answered 503. Default: 1 GiB.
    /// </summary>
    [Setting("takes bytes, optionally with K, M or G; at least EXT_PROC_MAX_MESSAGE", Bytes = true, Min = 64 << 10)]
    public long BufferedTotal { get; init; } = 1 << 30;

    /// <summary>
    /// How long a scan in the mode BUFFERED goes on before Envoy is asked for more time (<c>override_message_timeout</c>). Default: 0.1 s,
    /// half of Envoy's own message_timeout.
    /// </summary>
    [Setting("takes a time from 0 to 1 hour", Min = 0, Max = 3600)]
    public TimeSpan AskForTimeAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The time that it is asked for, once for each body. Envoy heeds it where its max_message_timeout is as long. Default: 2 minutes; 0:
    /// it is not asked.
    /// </summary>
    [Setting("takes a time from 0 (not asked) to 1 hour", Min = 0, Max = 3600)]
    public TimeSpan AskForTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest wait for Envoy to read one piece of an answer; then the stream is broken off. Default: 1 minute.</summary>
    [Setting("takes a time from 0.05 s to 1 hour", Min = 0.05, Max = 3600)]
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long Envoy may take to end a stream that has been answered with an immediate response. Default: 10 s.
    /// </summary>
    [Setting("takes a time from 0 to 1 hour", Min = 0, Max = 3600)]
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest a stream is open, upstream's time to answer included; then it ends with an error, which Envoy answers with 500. Default:
    /// 2 hours.
    /// </summary>
    [Setting("takes a time from 0.05 s to 1 day", Min = 0.05, Max = Day)]
    public TimeSpan StreamTimeout { get; init; } = TimeSpan.FromHours(2);

    public IEnumerable<SettingProblem> Problems()
    {
        foreach (var network in Clients.Where(network => NetworkText.Parse(network) is null))
        {
            yield return new(nameof(Clients), network, NetworksTaken);
        }

        if (BufferedTotal < MaxMessage)
        {
            yield return new(
                nameof(BufferedTotal),
                $"{BufferedTotal}",
                $"takes at least as much as one message may have (EXT_PROC_MAX_MESSAGE, {MaxMessage})");
        }
    }
}
