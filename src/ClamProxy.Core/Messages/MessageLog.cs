using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Messages;

/// <summary>What became of messages that other proxies lent: EventIds 5900 to 5949.</summary>
internal static partial class MessageLog
{
    [LoggerMessage(5900, LogLevel.Warning, "Refused {Message} for {Client} (user {User}): {Verdict} {How}, sha256 {Sha256}")]
    public static partial void Refused(
        this ILogger logger, string message, string? client, string? user, string verdict, string how, string sha256);

    [LoggerMessage(EventId = 5901, Message = "No verdict of {Message} for {Client} (user {User}): {Reason}: {Detail}")]
    public static partial void Failed(
        this ILogger logger, LogLevel level, string message, string? client, string? user, string reason, string detail, Exception? cause);

    [LoggerMessage(5902, LogLevel.Warning, "PASSED {Message} for {Client} (user {User}) although it is {Verdict}, sha256 {Sha256}, {By}")]
    public static partial void Passed(
        this ILogger logger, string message, string? client, string? user, string verdict, string sha256, string by);
}
