using System.Net;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Download;

/// <summary>What the Download folder logs: never a query string, a credential or content.</summary>
internal static partial class DownloadLog
{
    [LoggerMessage(3000, LogLevel.Warning, "Upstream {Host}:{Port} resolves to {Address}, which is not allowed")]
    public static partial void AddressRefused(ILogger log, string host, int port, IPAddress address);

    [LoggerMessage(3001, LogLevel.Debug, "Upstream redirects with {Status} from {From} to {To}")]
    public static partial void Redirected(ILogger log, int status, string from, string to);

    [LoggerMessage(3002, LogLevel.Debug, "Upstream attempt {Attempt} failed ({Reason}); retrying")]
    public static partial void Retrying(ILogger log, int attempt, string reason, Exception? cause);
}
