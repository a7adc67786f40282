namespace ClamProxy.Access;

/// <summary>Refused requests: EventIds 6500 to 6599. Never a name or a secret, which a client may have mixed up.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(6500, LogLevel.Warning, "Credentials refused at {Surface}: {Outcome}, from {Client}")]
    public static partial void CredentialsRefused(this ILogger logger, AccessSurface surface, AccessOutcome outcome, string? client);

    [LoggerMessage(6501, LogLevel.Warning, "Refused Download-From or Cache-Scan from {Client}, which is not in TRUSTED_CLIENTS")]
    public static partial void SourceRefused(this ILogger logger, string? client);
}
