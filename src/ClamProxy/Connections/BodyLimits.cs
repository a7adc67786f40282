using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ClamProxy.Connections;

/// <summary>
/// The server's own bounds of request bodies. Size, pace and time are bounded where a body becomes a file, and these would cut it with less
/// to say.
/// </summary>
internal static class BodyLimits
{
    /// <summary>Takes them off a request whose body goes through <see cref="Core.Intake.ContentIntake"/>.</summary>
    public static void LeaveToIntake(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
