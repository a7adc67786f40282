using System.Diagnostics;
using System.Globalization;
using ClamProxy.Core.Requests;
using ClamProxy.Tracking;
using Microsoft.AspNetCore.Http.Features;

namespace ClamProxy.Problems;

/// <summary>Sends a problem in the form that the client prefers; the title goes into the reason phrase too.</summary>
internal static class ProblemWriter
{
    /// <summary>What a problem's page may do in a browser: nothing but look as it does.</summary>
    public const string PagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; sandbox";

    /// <summary>Writes a problem of the request that is being answered.</summary>
    public static (string ContentType, byte[] Body) Render(Problem problem, ProblemForm form)
    {
        problem = problem with { RequestId = RequestId.Current };
        return form switch
        {
            ProblemForm.Json => ("application/problem+json", ProblemJson.Render(problem)),
            ProblemForm.Page => ("text/html; charset=utf-8", ProblemPage.Render(problem)),
            ProblemForm.Text => ("text/plain; charset=utf-8", ProblemText.Render(problem)),
        };
    }

    public static async Task WriteAsync(HttpContext context, Problem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = SafeText.Cut(problem.Title, 120);
        response.Headers.CacheControl = "no-store";
        ContentIsolation.Set(response);
        if (problem.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            problem = problem with { TraceId = activity.TraceId.ToHexString() };
        }

        var form = ProblemForms.Of(context.Request);
        var (type, body) = Render(problem, form);
        response.ContentType = type;
        response.Headers.Vary = "Accept";
        // curl -C - takes any answer that is as long as what it has, an error's too, for "the document is already downloaded". 416 says
        // that in any case.
        response.ContentLength = context.Request.Headers.Range.Count == 0 || problem.Status == StatusCodes.Status416RangeNotSatisfiable
            ? body.Length
            : null;
        if (form == ProblemForm.Page)
        {
            response.Headers.ContentSecurityPolicy = PagePolicy;
        }

        var track = RequestTrack.Of(context);
        track?.Outcome ??= problem.Kind;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            track?.Sent(body.Length);
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
