using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Amazon.Runtime;

namespace ClamProxy.Core.Objects.S3;

/// <summary>The one table from what the AWS SDK throws to what an operator can do about it.</summary>
internal static partial class S3Faults
{
    public static S3Exception Of(Exception cause, S3CallFacts call) => cause switch
    {
        AmazonServiceException answer when (int)answer.StatusCode >= 300 => Of(answer, call),
        _ when IsLate(cause) || IsLate(cause.GetBaseException()) => new(
            S3Fault.Other, $"{call.Store} did not answer in time (ClamProxy:S3:Timeout, {call.Timeout.TotalSeconds:0.###} s a try)"),
        _ when IsBroken(cause) || IsBroken(cause.GetBaseException()) => new(
            S3Fault.Other, $"{call.Store} cannot be reached: {cause.GetBaseException().Message}"),
        _ => new(S3Fault.Other, $"{call.Store} cannot be asked for {call.Right}: {cause.GetBaseException().Message}"),
    };

    private static bool IsLate(Exception cause) => cause is OperationCanceledException or TimeoutException;

    private static bool IsBroken(Exception cause) => cause is HttpRequestException or IOException or SocketException;

    private static S3Exception Of(AmazonServiceException answer, S3CallFacts call) => (answer.StatusCode, answer.ErrorCode) switch
    {
        (_, "NoSuchBucket") => new(
            S3Fault.Other, $"there is no bucket {call.Bucket} at {call.Store} (STORAGE_URL, S3_BUCKET or a flow of Buckets names it)"),
        (_, "InvalidAccessKeyId") => new(S3Fault.Other, $"{call.Store} does not know the access key (S3_ACCESS_KEY)"),
        (_, "SignatureDoesNotMatch") => new(
            S3Fault.Other, $"the secret key is not the access key's at {call.Store} (S3_SECRET_KEY)"),
        (_, "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException")
            or (HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect, _) => new(
            S3Fault.Other, $"bucket {call.Bucket} is in another region (S3_REGION)"),
        (_, "RequestTimeTooSkewed") => new(S3Fault.Other, $"the clocks of {call.Store} and of this machine differ too much"),
        (_, "NotImplemented") or (HttpStatusCode.NotImplemented, _) => new(
            S3Fault.Unknown, $"{call.Store} does not support what {call.Right} was asked for"),
        (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, _) => new(
            S3Fault.Other,
            Denied().Match(answer.Message ?? "") is { Success: true } said
                ? $"no right {said.Groups["right"]} on {said.Groups["resource"]} at {call.Store}"
                : $"no right {call.Right} in bucket {call.Bucket} at {call.Store}, or a wrong key"),
        (HttpStatusCode.NotFound, _) => new(S3Fault.Missing, $"{call.Store} has no such object or upload"),
        (HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict or HttpStatusCode.RequestedRangeNotSatisfiable, _) =>
            new(S3Fault.Changed, S3Version.IsAnother),
        _ => new(S3Fault.Other, $"{call.Store} answered {(int)answer.StatusCode} {answer.ErrorCode} to {call.Right}"),
    };

    /// <summary>
    /// AWS says which right is missing, also one of KMS: "… is not authorized to perform: s3:PutObject on resource:
    /// "arn:aws:s3:::b/key" …".
    /// </summary>
    [GeneratedRegex("""perform: (?<right>\w+:\w+) on resource: "?(?<resource>arn:[^"\s]+)""")]
    private static partial Regex Denied();
}
