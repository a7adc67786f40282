using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>The first page: what is under way, and how it went over the last hour.</summary>
internal sealed class NowPage(LiveRegions live)
{
    private static readonly (string Region, string Title)[] s_sections =
    [
        ("flights", "now.flights"),
        ("scans", "now.scans"),
        ("jobs", "now.jobs"),
        ("latest", "now.latest"),
        ("scanners", "scanners.title"),
        ("room", "now.room"),
        ("charts", "now.hour"),
    ];

    public Html Of(Texts texts)
    {
        var regions = live.Render(texts);
        return PageLayout.Of(
            texts,
            DashboardPaths.Now,
            texts["now.title"],
            Html.Of($"""
                {Region(regions, "state")}
                {s_sections.Select(section => Html.Of($"""
                    <section aria-labelledby="title-{section.Region}"><h2 id="title-{section.Region}">{texts[section.Title]}</h2>
                    {Region(regions, section.Region)}</section>
                    """))}
                """),
            isLive: true);
    }

    /// <summary>A place that the script brings up to date.</summary>
    private static Html Region(IReadOnlyDictionary<string, Html> regions, string name) =>
        Html.Of($"""<div data-region="{name}">{regions[name]}</div>""");
}
