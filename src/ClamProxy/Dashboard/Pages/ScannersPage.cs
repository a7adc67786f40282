using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>The scanners, kept up to date.</summary>
internal sealed class ScannersPage(ScannerRegion scanners)
{
    public Html Of(Texts texts) => PageLayout.Of(
        texts,
        DashboardPaths.Scanners,
        texts["scanners.title"],
        Html.Of($"""<div data-region="scanners">{scanners.Of(texts)}</div>"""),
        isLive: true);
}
