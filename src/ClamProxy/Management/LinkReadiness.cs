namespace ClamProxy.Management;

/// <summary>A route whose answers link to packages on a host that nothing rewrites, as /readyz shows it.</summary>
/// <param name="Route">The route's name.</param>
/// <param name="Host">Where the links lead.</param>
/// <param name="Latest">When such an answer came last.</param>
internal sealed record LinkReadiness(string Route, string Host, DateTimeOffset Latest);
