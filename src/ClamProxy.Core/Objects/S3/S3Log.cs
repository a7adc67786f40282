using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Objects.S3;

/// <summary>What buckets log: EventIds 5700-5799.</summary>
internal static partial class S3Log
{
    [LoggerMessage(5700, LogLevel.Error, "Bucket {Bucket} cannot be used: {Problem}")]
    public static partial void Unusable(this ILogger logger, string bucket, string problem);

    [LoggerMessage(5701, LogLevel.Information, "Bucket {Bucket} can be used")]
    public static partial void Usable(this ILogger logger, string bucket);
}
