using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Buckets;

/// <summary>What flows of buckets log: EventIds 5800-5899.</summary>
internal static partial class BucketLog
{
    [LoggerMessage(5800, LogLevel.Information, "Flow {Flow}: s3://{Bucket}/{Key} is {Verdict}")]
    public static partial void Done(this ILogger logger, string flow, string bucket, string key, string verdict);

    [LoggerMessage(5801, LogLevel.Debug, "Flow {Flow}: nothing to do for s3://{Bucket}/{Key}: {Why}")]
    public static partial void Unneeded(this ILogger logger, string flow, string bucket, string key, string why);

    [LoggerMessage(5802, LogLevel.Warning, "Flow {Flow}: s3://{Bucket}/{Key} stays for now: {Problem}")]
    public static partial void Later(this ILogger logger, string flow, string bucket, string key, string problem);
}
