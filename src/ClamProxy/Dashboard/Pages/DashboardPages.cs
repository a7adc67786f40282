namespace ClamProxy.Dashboard.Pages;

/// <summary>All pages.</summary>
internal sealed record DashboardPages(
    NowPage Now,
    VerdictsPage Verdicts,
    RequestPage Request,
    ContentPage Content,
    DetectionsPage Detections,
    WaiversPage Waivers,
    ScannersPage Scanners);
