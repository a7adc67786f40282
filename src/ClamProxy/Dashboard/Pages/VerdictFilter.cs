using ClamProxy.Core.Overview;
using ClamProxy.Core.Requests;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Dashboard.Pages;

/// <summary>What somebody looks for among the latest decisions: the fields of the form.</summary>
/// <param name="Text">A part of the URL, of the name of a finding, of a client or a user; a SHA-256 or its beginning; a request's id.
/// Empty: any.</param>
/// <param name="Door">Empty: any.</param>
/// <param name="Verdict">The name of a verdict; empty: any.</param>
/// <param name="Page">From 1.</param>
internal sealed record VerdictFilter(string Text, string Door, string Verdict, int Page)
{
    public const int PageSize = 50;

    /// <summary>Whoever turns more pages looks for something by its name.</summary>
    private const int LastPage = 200;

    private const int LongestText = 300;

    public static VerdictFilter Of(IQueryCollection query) => new(
        Field(query, "q"),
        Field(query, "door"),
        Field(query, "verdict"),
        int.TryParse(query["page"], out var page) ? Math.Clamp(page, 1, LastPage) : 1);

    public bool Matches(Decision decision) =>
        (Door.Length == 0 || decision.Door == Door)
        && (Verdict.Length == 0 || decision.Verdict.Tag() == Verdict)
        && (Text.Length == 0 || Has(decision));

    /// <summary>The same search's query for another page.</summary>
    public string QueryOf(int page) =>
        $"?q={Uri.EscapeDataString(Text)}&door={Uri.EscapeDataString(Door)}&verdict={Uri.EscapeDataString(Verdict)}&page={page}";

    private static string Field(IQueryCollection query, string name) =>
        query[name].ToString().Trim() is var text && text.Length > LongestText ? text[..LongestText] : text;

    private bool Has(Decision decision) =>
        decision.RequestId == Text
        || decision.Sha256?.StartsWith(Text, StringComparison.OrdinalIgnoreCase) == true
        || Contains(decision.Url)
        || Contains(PlainWord.Of(decision.Url))
        || Contains(decision.Finding)
        || Contains(decision.Client)
        || Contains(decision.User);

    private bool Contains(string? text) => text?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true;
}
