using ClamProxy.Core.Jobs.Callbacks;

namespace ClamProxy.Doors.Api;

/// <summary>How far one callback is.</summary>
/// <param name="Id">What its receiver knows it by (<c>webhook-id</c>).</param>
/// <param name="Url">Whom it tells, without the query: that may hold its receiver's secret.</param>
/// <param name="Status">waiting, due, delivered, dead or gone.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="LastAttempt">When it was sent last; null: never.</param>
/// <param name="NextAttempt">When it is sent again; null: it is not, or its job has not ended.</param>
/// <param name="Problem">Why the last attempt failed; null: it did not.</param>
internal sealed record WebhookState(
    string Id, string Url, string Status, int Attempts, DateTimeOffset? LastAttempt, DateTimeOffset? NextAttempt, string? Problem)
{
    public static WebhookState Of(Callback callback) => new(
        callback.Id,
        callback.Url.Split('?')[0],
        callback.State.Name(),
        callback.Attempts,
        callback.LastAt,
        callback.NextAt,
        callback.Problem);
}
