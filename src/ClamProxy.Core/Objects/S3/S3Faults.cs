using System.Net;
using Amazon.Runtime;

namespace ClamProxy.Core.Objects.S3;

/// <summary>The one table from what the AWS SDK throws to what an operator can do about it.</summary>
internal static class S3Faults
{
    public static S3Exception Of(Exception cause, S3CallFacts call) => cause switch
    {
        AmazonServiceException answer when (int)answer.StatusCode >= 300 => Of(answer, call),
        OperationCanceledException or TimeoutException => new(
            S3Fault.Other, $"{call.Store} did not answer in time (ClamProxy:S3:Timeout, {call.Timeout.TotalSeconds:0.###} s a try)", cause),
        _ when cause.GetBaseException() is OperationCanceledException or TimeoutException => new(
            S3Fault.Other, $"{call.Store} did not answer in time (ClamProxy:S3:Timeout, {call.Timeout.TotalSeconds:0.###} s a try)", cause),
        HttpRequestException or IOException => new(S3Fault.Other, $"{call.Store} cannot be reached: {Words(cause)}", cause),
        _ when cause.GetBaseException() is HttpRequestException or IOException or System.Net.Sockets.SocketException => new(
            S3Fault.Other, $"{call.Store} cannot be reached: {Words(cause)}", cause),
        _ => new(S3Fault.Other, $"{call.Store} cannot be asked: {Words(cause)}", cause),
    };

    private static S3Exception Of(AmazonServiceException answer, S3CallFacts call) => (answer.StatusCode, answer.ErrorCode) switch
    {
        (_, "NoSuchBucket") => new(
            S3Fault.Other, $"there is no bucket {call.Bucket} at {call.Store} (STORAGE_URL or S3_BUCKET names it)", answer),
        (_, "InvalidAccessKeyId") => new(S3Fault.Other, $"{call.Store} does not know the access key (S3_ACCESS_KEY)", answer),
        (_, "SignatureDoesNotMatch") => new(
            S3Fault.Other, $"the secret key is not the access key's at {call.Store} (S3_SECRET_KEY)", answer),
        (_, "AuthorizationHeaderMalformed" or "PermanentRedirect" or "IllegalLocationConstraintException") => new(
            S3Fault.Other, $"bucket {call.Bucket} is in another region (S3_REGION)", answer),
        (_, "RequestTimeTooSkewed") => new(S3Fault.Other, $"the clocks of {call.Store} and of this machine differ too much", answer),
        (_, "NotImplemented") or (HttpStatusCode.NotImplemented, _) => new(
            S3Fault.Unknown, $"{call.Store} does not support what {call.Right} was asked for", answer),
        (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, _) => new(
            S3Fault.Other, $"no right {call.Right} in bucket {call.Bucket} at {call.Store}, or a wrong key", answer),
        (HttpStatusCode.NotFound, _) => new(S3Fault.Missing, $"{call.Store} has no such object or upload", answer),
        (HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict, _) => new(
            S3Fault.Changed, "the object was changed by somebody else", answer),
        _ => new(S3Fault.Other, $"{call.Store} answered {(int)answer.StatusCode} {answer.ErrorCode} to {call.Right}", answer),
    };

    private static string Words(Exception cause) => cause.GetBaseException().Message;
}
