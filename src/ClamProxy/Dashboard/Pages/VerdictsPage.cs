using ClamProxy.Configuration;
using ClamProxy.Core.Overview;
using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>The latest decisions, and the search for one of them. It needs no script.</summary>
internal sealed class VerdictsPage(RecentDecisions decisions, DoorOptions doors)
{
    private static readonly string[] s_verdicts = ["clean", "infected", "unscannable", "none"];

    public Html Of(Texts texts, VerdictFilter filter)
    {
        var end = filter.Page * VerdictFilter.PageSize;
        var found = decisions.Find(filter.Matches, end + 1);
        return PageLayout.Of(texts, DashboardPaths.Verdicts, texts["verdicts.title"], Html.Of($"""
            {Form(texts, filter)}
            <p>{texts.With("verdicts.kept", texts.Number(decisions.Count))}</p>
            {DecisionTable.Of(
                texts,
                texts["verdicts.title"],
                [.. found.Skip(end - VerdictFilter.PageSize).Take(VerdictFilter.PageSize)],
                texts["verdicts.none"])}
            {Pages(texts, filter, hasMore: found.Count > end)}
            """));
    }

    private Html Form(Texts texts, VerdictFilter filter) => Html.Of($"""
        <form method="get" action="{DashboardPaths.Verdicts}" role="search">
        <p><label for="q">{texts["search.text"]}</label>
        <input id="q" name="q" type="search" maxlength="300" value="{filter.Text}" aria-describedby="q-help">
        <small id="q-help">{texts["search.help"]}</small></p>
        <p><label for="verdict">{texts["column.verdict"]}</label>
        {Select(texts, "verdict", filter.Verdict, s_verdicts.Select(verdict => (verdict, texts.Word("verdict", verdict))))}</p>
        <p><label for="door">{texts["column.door"]}</label>
        {Select(texts, "door", filter.Door, doors.Doors.Select(door => (door, door)))}</p>
        <p><button type="submit">{texts["search.find"]}</button></p>
        </form>
        """);

    private static Html Select(Texts texts, string name, string chosen, IEnumerable<(string Value, string Text)> options)
    {
        var all = options.Prepend(("", texts["search.any"])).Select(option => Option(option, chosen));
        return Html.Of($"""<select id="{name}" name="{name}">{all}</select>""");
    }

    private static Html Option((string Value, string Text) option, string chosen) => option.Value == chosen
        ? Html.Of($"""<option value="{option.Value}" selected>{option.Text}</option>""")
        : Html.Of($"""<option value="{option.Value}">{option.Text}</option>""");

    private static Html Pages(Texts texts, VerdictFilter filter, bool hasMore)
    {
        var before = filter.Page > 1 ? Link(filter, filter.Page - 1, "prev", texts["page.newer"]) : Html.None;
        var after = hasMore ? Link(filter, filter.Page + 1, "next", texts["page.older"]) : Html.None;
        return filter.Page == 1 && !hasMore
            ? Html.None
            : Html.Of($"""<nav aria-label="{texts["page.pages"]}"><p>{before} {after}</p></nav>""");
    }

    private static Html Link(VerdictFilter filter, int page, string rel, string text) =>
        Html.Of($"""<a rel="{rel}" href="{DashboardPaths.Verdicts}{filter.QueryOf(page)}">{text}</a>""");
}
