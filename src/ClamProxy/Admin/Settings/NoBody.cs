namespace ClamProxy.Admin.Settings;

/// <summary>An empty object.</summary>
internal sealed record NoBody;
