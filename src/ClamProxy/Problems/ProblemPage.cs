using System.Text;
using System.Text.Encodings.Web;

namespace ClamProxy.Problems;

/// <summary>A problem as a page that needs nothing from anywhere else.</summary>
internal static class ProblemPage
{
    public static byte[] Render(Problem problem)
    {
        var html = HtmlEncoder.Default;
        var rows = string.Concat(
            problem.Members.Select(member => $"<dt>{html.Encode(member.Key)}</dt><dd>{html.Encode(member.Value)}</dd>\n"));
        var id = problem.RequestId is { } request ? $"<p>Give this id to your operator: <code>{html.Encode(request)}</code></p>\n" : "";
        return Encoding.UTF8.GetBytes(
            $$"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>{{problem.Status}} {{html.Encode(problem.Title)}}</title>
            <style>
            body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
            h1{font-size:1.5rem;border-left:.4rem solid #b3261e;padding-left:.8rem}
            dt{font-weight:600;margin-top:.6rem}dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,monospace}
            footer{margin-top:2rem;color:#666;font-size:.85rem}
            </style></head><body>
            <h1>{{html.Encode(problem.Title)}}</h1>
            <p>{{html.Encode(problem.Detail)}}</p>
            <dl>
            {{rows}}</dl>
            {{id}}<footer>{{problem.Status}} from ClamProxy</footer>
            </body></html>

            """);
    }
}
