using ClamProxy.Access;

namespace ClamProxy.Problems;

/// <summary>Why a request's credentials do not let it in (RFC 9110 §11.6.1).</summary>
internal static class AccessProblem
{
    /// <param name="howTo">Which credentials a right request brings, and where.</param>
    /// <param name="retryAfter">When to come back where too many passwords wait to be checked.</param>
    /// <returns>Null: it is let in.</returns>
    public static Problem? Of(HttpContext context, AccessOutcome outcome, string howTo, TimeSpan retryAfter)
    {
        switch (outcome)
        {
            case AccessOutcome.Granted:
                return null;
            case AccessOutcome.Busy:
                return new Problem(
                    StatusCodes.Status503ServiceUnavailable,
                    "overloaded",
                    "Too many passwords waiting",
                    "Too many password checks are waiting; try again later.")
                {
                    RetryAfter = retryAfter,
                };
            default:
                context.Response.Headers.WWWAuthenticate = AccessControl.Challenges;
                return new Problem(StatusCodes.Status401Unauthorized, "unauthorized", "Credentials needed", howTo);
        }
    }
}
