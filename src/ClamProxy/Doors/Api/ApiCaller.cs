using ClamProxy.Access;

namespace ClamProxy.Doors.Api;

/// <summary>What the client of one request may do, once its credentials were looked at: they are taken off the request by that.</summary>
internal sealed record ApiCaller(ApiRights Rights)
{
    public static bool Has(HttpContext context, ApiRights right) =>
        context.Features.Get<ApiCaller>() is { } caller && caller.Rights.HasFlag(right);
}
