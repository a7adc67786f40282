using ClamProxy.Core.Overview;
using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>Work under way, with a bar each.</summary>
internal static class WorkRegion
{
    /// <param name="most">Not more than so many are shown.</param>
    /// <param name="empty">What stands there without any.</param>
    /// <param name="isDownload">Its bytes are known as they come; of a scan nobody knows how far it is.</param>
    public static Html Of(Texts texts, IReadOnlyList<WorkUnderWay> work, int most, string empty, bool isDownload)
    {
        if (work.Count == 0)
        {
            return Html.Of($"""<p class="empty">{empty}</p>""");
        }

        var more = work.Count > most ? Html.Of($"<p>{texts.With("work.more", texts.Number(work.Count - most))}</p>") : Html.None;
        return Html.Of($"""<ul class="work">{work.Take(most).Select(one => Item(texts, one, isDownload))}</ul>{more}""");
    }

    private static Html Item(Texts texts, WorkUnderWay work, bool isDownload) => Html.Of($"""
        <li><span class="what">{Parts.Foreign(work.Name)}</span>
        {(isDownload ? Bar(texts, work) : Html.None)}
        <span class="facts">{Facts(texts, work, isDownload)}</span></li>
        """);

    private static Html Bar(Texts texts, WorkUnderWay work) => work.Total is { } total and > 0
        ? Html.Of($"""<progress max="{total}" value="{Math.Min(work.Bytes, total)}" aria-label="{texts["work.progress"]}"></progress>""")
        : Html.Of($"""<progress aria-label="{texts["work.progress"]}"></progress>""");

    private static IEnumerable<Html> Facts(Texts texts, WorkUnderWay work, bool isDownload)
    {
        if (isDownload)
        {
            yield return work.Total is { } total
                ? Fact(texts.With("work.of", texts.Size(work.Bytes), texts.Size(total)))
                : Fact(texts.Size(work.Bytes));
        }
        else if (work.Total is { } size)
        {
            yield return Fact(texts.Size(size));
        }

        yield return Fact(texts.Time(work.Age));
        if (work.Door is { } door)
        {
            yield return Fact(door);
        }

        if (work.Client is { Length: > 0 } client)
        {
            yield return Html.Of($"<span>{Parts.Foreign(client)}</span> ");
        }

        if (work.Waiters > 1)
        {
            yield return Fact(texts.With("work.waiters", texts.Number(work.Waiters)));
        }

        if (work.Attempt > 1)
        {
            yield return Fact(texts.With("work.attempt", texts.Number(work.Attempt)));
        }

        if (work.RequestId is { Length: > 0 } id)
        {
            yield return Html.Of($"<span>{Parts.Request(id)}</span> ");
        }
    }

    private static Html Fact(string text) => Html.Of($"<span>{text}</span> ");
}
