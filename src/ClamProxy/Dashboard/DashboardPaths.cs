namespace ClamProxy.Dashboard;

/// <summary>
/// Where the dashboard's pages are: below one name, so that a proxy in front can open them and nothing else of the management port.
/// </summary>
internal static class DashboardPaths
{
    public const string Now = "/dashboard";
    public const string Verdicts = "/dashboard/verdicts";
    public const string Requests = "/dashboard/requests/";
    public const string Contents = "/dashboard/contents/";
    public const string Detections = "/dashboard/detections";
    public const string Waivers = "/dashboard/waivers";
    public const string Scanners = "/dashboard/scanners";
    public const string Feed = "/dashboard/feed";
    public const string Style = "/dashboard/dashboard.css";
    public const string Script = "/dashboard/dashboard.js";
    public const string Icon = "/dashboard/dashboard.svg";

    /// <summary>The page of one request.</summary>
    public static string OfRequest(string requestId) => Requests + Uri.EscapeDataString(requestId);

    /// <summary>The page of one content.</summary>
    public static string OfContent(string sha256) => Contents + sha256;
}
