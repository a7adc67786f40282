using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>What all pages have around them.</summary>
internal static class PageLayout
{
    private static readonly (string Path, string Title)[] s_pages =
    [
        (DashboardPaths.Now, "now.title"),
        (DashboardPaths.Verdicts, "verdicts.title"),
        (DashboardPaths.Detections, "detections.title"),
        (DashboardPaths.Waivers, "waivers.title"),
        (DashboardPaths.Scanners, "scanners.title"),
    ];

    /// <param name="texts">The language.</param>
    /// <param name="path">Which of the pages it is, or belongs to.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="content">What stands below the heading.</param>
    /// <param name="isLive">It has regions that are brought up to date.</param>
    public static Html Of(Texts texts, string path, string title, Html content, bool isLive = false) => Html.Of($"""
        <!doctype html>
        <html lang="{texts.Language}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title} – ClamProxy</title>
        <link rel="icon" href="{DashboardPaths.Icon}" type="image/svg+xml">
        <link rel="stylesheet" href="{DashboardPaths.Style}">
        {(isLive ? Script : Html.None)}
        </head>
        <body>
        <a class="skip" href="#content">{texts["page.skip"]}</a>
        <header>
        <p class="name"><img src="{DashboardPaths.Icon}" alt="" width="24" height="24"> ClamProxy</p>
        <nav aria-label="{texts["page.nav"]}"><ul>{s_pages.Select(page => Link(texts, page, path))}</ul></nav>
        </header>
        <main id="content" tabindex="-1">
        <h1>{title}</h1>
        {(isLive ? LiveState(texts) : Html.None)}
        {content}
        </main>
        <footer><p>{texts["page.utc"]}</p></footer>
        </body>
        </html>

        """);

    private static Html Script => Html.Of($"""<script type="module" src="{DashboardPaths.Script}"></script>""");

    private static Html Link(Texts texts, (string Path, string Title) page, string current) => page.Path == current
        ? Html.Of($"""<li><a href="{page.Path}" aria-current="page">{texts[page.Title]}</a></li>""")
        : Html.Of($"""<li><a href="{page.Path}">{texts[page.Title]}</a></li>""");

    /// <summary>Hidden until the script runs: without it the page shows what was when it was loaded.</summary>
    private static Html LiveState(Texts texts) => Html.Of($"""
        <p class="live" id="live" hidden data-feed="{DashboardPaths.Feed}" data-on="{texts["live.on"]}" data-off="{texts["live.off"]}"
          data-lost="{texts["live.lost"]}" data-pause="{texts["live.pause"]}" data-resume="{texts["live.resume"]}">
        <span role="status"></span> <button type="button"></button></p>
        """);
}
