namespace ClamProxy.Connections;

/// <summary>What is told of connections: EventId 6001.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(
        EventId = 6001,
        Level = LogLevel.Warning,
        Message = "MaxConnections is {Asked}, but the limit of file descriptors allows {Connections} connections only: raise it (ulimit "
            + "-n, LimitNOFILE)")]
    public static partial void FewDescriptors(this ILogger logger, int asked, int connections);
}
