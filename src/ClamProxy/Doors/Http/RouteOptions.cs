using ClamProxy.Core.Download;
using ClamProxy.Core.Gate;
using ClamProxy.Core.Settings;

namespace ClamProxy.Doors.Http;

/// <summary>One path prefix and the upstream behind it.</summary>
public sealed class RouteOptions
{
    /// <summary>The prefix, taken off before the rest is appended to <see cref="Upstream"/>. It matches whole segments, byte for byte.</summary>
    [Setting("takes a path that begins with / and does not end with one, such as /pypi")]
    public string Path { get; init; } = "";

    /// <summary>The upstream base URL.</summary>
    [Setting("takes an absolute URL such as https://pypi.org/")]
    public string Upstream { get; init; } = "";

    /// <summary>True: what is behind this route never changes, so an earlier verdict may answer. Default: false.</summary>
    [Setting("takes true or false")]
    public bool CacheScan { get; init; }

    /// <summary>True: a request's Download-From and Cache-Scan win over the route's. Default: false.</summary>
    [Setting("takes true or false")]
    public bool AllowHeaders { get; init; }

    /// <summary>What clients of this route get while a file is downloaded and scanned. Default: unset, as DELIVERY says.</summary>
    [Setting("takes hold, patience or retry")]
    public Delivery? Delivery { get; init; }

    /// <summary>
    /// True: a download and scan go on when everybody who waited for them has left, so that the next one finds the verdict. Default: false,
    /// only what is nearly done goes on.
    /// </summary>
    [Setting("takes true or false")]
    public bool FinishAbandoned { get; init; }

    /// <summary>Whether a wheel is scanned as soon as its metadata is asked for. Default: unset, as SCAN_AHEAD says.</summary>
    [Setting("takes true or false")]
    public bool? ScanAhead { get; init; }

    internal IEnumerable<SettingProblem> Problems()
    {
        if (!Path.StartsWith('/') || Path.EndsWith('/'))
        {
            yield return new(nameof(Path), Path, "takes a path that begins with / and does not end with one, such as /pypi");
        }

        if (Target.TryCreate(Upstream, "/", out _) is null)
        {
            yield return new(nameof(Upstream), Upstream, "takes an absolute http or https URL without user-info, query or fragment, such as https://pypi.org/");
        }
    }
}
