using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Names;
using ClamProxy.Core.Webhooks;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>Where callbacks may go: the guard of upstreams with a list of its own (CALLBACK_TARGETS).</summary>
internal sealed class CallbackTargets
{
    private const int MostCharacters = 2048;
    private const string WhatIsTaken = "A callback takes an absolute https URL, such as https://hooks.example.org/scans";

    private readonly CallbackSecrets _secrets;
    private readonly WebhookGuard _guard;

    public CallbackTargets(
        CallbackOptions options, CallbackSecrets secrets, NameResolver names, UpstreamProxies proxies, ILogger<UpstreamGuard> log)
    {
        _secrets = secrets;
        _guard = new WebhookGuard(options.Targets, "callback's server", "CALLBACK_TARGETS", names, proxies, log);
    }

    /// <summary>Judges addresses when a connection is made.</summary>
    public UpstreamGuard Guard => _guard.Addresses;

    /// <summary>Judges what can be judged without a look-up of the name.</summary>
    /// <param name="problem">Null, or one sentence: what is wrong, and what a right one looks like.</param>
    public Target? Check(string url, out string? problem)
    {
        var target = url.Length > MostCharacters ? null : Target.TryParse(url, out _);
        problem = target is null
            ? $"{WhatIsTaken}: without user and password, fragment, and characters outside ASCII; {MostCharacters} characters at most."
            : ProblemOf(target.Uri);
        return problem is null ? target : null;
    }

    private string? ProblemOf(Uri uri)
    {
        if (uri.Scheme != Uri.UriSchemeHttps && !_guard.IsListed)
        {
            return $"{WhatIsTaken}. http is for hosts in CALLBACK_TARGETS only.";
        }

        return _guard.ProblemOf(uri) is { } problem ? problem
            : _secrets.For(uri).Count > 0 ? null
            : $"The callback's server {uri.IdnHost} has no secret to sign with: CALLBACK_SECRETS needs {uri.IdnHost}=whsec_…";
    }
}
