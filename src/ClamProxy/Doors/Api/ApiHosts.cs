using ClamProxy.Access;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary>The names by which the API is called where it needs no credentials.</summary>
internal sealed class ApiHosts(ApiOptions options)
{
    private readonly OwnHosts _names = new(options.Hosts);

    /// <summary>Why a request by this name is refused; null: it is not.</summary>
    public Problem? Refusal(HostString host) => _names.Know(host)
        ? null
        : new Problem(
            StatusCodes.Status403Forbidden, "unknown-host", "Unknown host",
            $"This API is not known as {SafeText.Cut(host.Host, 100)}, and needs no credentials: a page elsewhere could have led that name "
            + "here. Call it by its address, list the name in API_HOSTS, or set API_CREDENTIALS.");
}
