namespace ClamProxy.Problems;

/// <summary>The 400 of a request that its sender can mend.</summary>
internal static class BadRequest
{
    /// <param name="detail">What was wrong and what a right one looks like.</param>
    public static Problem Of(string detail) => new(StatusCodes.Status400BadRequest, "bad-request", "Bad request", detail);
}
