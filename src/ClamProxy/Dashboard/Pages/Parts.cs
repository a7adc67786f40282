using System.Globalization;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Requests;
using ClamProxy.Core.Verdicts;
using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>Pieces that several pages have.</summary>
internal static class Parts
{
    private const int ShortHash = 12;

    /// <summary>A moment, to the second, in UTC.</summary>
    public static Html Time(DateTimeOffset at) => Html.Of(
        $"""<time datetime="{Text(at, "yyyy-MM-ddTHH:mm:ssZ")}">{Text(at, "yyyy-MM-dd HH:mm:ss")}</time>""");

    /// <summary>Text of a client or an upstream, as the access log has it: it is set apart, and cannot change what stands around
    /// it. Names of this program's own have spaces, which stay.</summary>
    public static Html Foreign(string? text) => Html.Of(
        $"""<bdi class="foreign">{(string.IsNullOrEmpty(text) ? "-" : string.Join(' ', text.Split(' ').Select(Word)))}</bdi>""");

    /// <summary>A sentence or a name that a scanner has given.</summary>
    public static Html Said(string? text) => text is { Length: > 0 } ? Html.Of($"""<bdi class="said">{text}</bdi>""") : Html.Of($"–");

    public static Html Verdict(Texts texts, Verdict verdict) => Html.Of(
        $"""<span class="verdict {verdict.Tag()}">{texts.Word("verdict", verdict.Tag())}</span>""");

    public static Html Content(string? sha256) => sha256 is not { Length: > ShortHash } ? Html.Of($"–") : Html.Of(
        $"""<a class="hash" href="{DashboardPaths.OfContent(sha256)}" title="{sha256}">{sha256[..ShortHash]}…</a>""");

    public static Html Request(string? requestId) => string.IsNullOrEmpty(requestId) ? Html.Of($"–") : Html.Of(
        $"""<a class="hash" href="{DashboardPaths.OfRequest(requestId)}">{PlainWord.Of(requestId)}</a>""");

    /// <summary>What was sent for a decision and how, in words.</summary>
    public static string Outcome(Texts texts, Decision decision) => decision.Outcome is { } outcome ? texts.Word("outcome", outcome) : "–";

    /// <summary>One line of facts: its name, and what it is.</summary>
    public static Html Facts(IEnumerable<(string Name, Html Value)> facts) =>
        Html.Of($"<dl>{facts.Select(fact => Html.Of($"<div><dt>{fact.Name}</dt><dd>{fact.Value}</dd></div>"))}</dl>");

    /// <summary>
    /// A table that becomes a list of cards where the window is narrow. The roles say to a screen reader that it is a table even then.
    /// </summary>
    /// <param name="empty">What stands there without rows.</param>
    public static Html Table(string caption, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<Html>> rows, string empty) =>
        rows.Count == 0 ? Html.Of($"""<p class="empty">{empty}</p>""") : Html.Of($"""
        <table role="table"><caption>{caption}</caption>
        <thead role="rowgroup"><tr role="row">{columns.Select(
            column => Html.Of($"""<th role="columnheader" scope="col">{column}</th>"""))}</tr></thead>
        <tbody role="rowgroup">{rows.Select(row => Row(columns, row))}</tbody></table>
        """);

    private static Html Row(IReadOnlyList<string> columns, IReadOnlyList<Html> cells) => Html.Of(
        $"""<tr role="row">{cells.Select(
            (cell, index) => Html.Of($"""<td role="cell" data-column="{columns[index]}">{cell}</td>"""))}</tr>""");

    private static string Word(string word) => word.Length == 0 ? "" : PlainWord.Of(word);

    private static string Text(DateTimeOffset at, string format) => at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
