using System.Globalization;
using System.Text;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Core.Buckets.Sqs;

/// <summary>
/// One queue. A message that is received is hidden from others for a time, and there again when that is over: only a deleted one is gone.
/// How often one is handed out before it goes to a dead-letter queue is the queue's own setting.
/// </summary>
internal sealed class SqsQueue(IAmazonSQS client, string queue, SqsOptions options, TimeProvider clock) : IDisposable
{
    private const string Receives = "ApproximateReceiveCount";
    private string? _url = SqsClients.IsUrl(queue) ? queue : null;

    /// <summary>Waits for a message as long as the options say.</summary>
    /// <returns>Null: there was none.</returns>
    /// <exception cref="SqsException">The queue cannot be asked.</exception>
    public async Task<TakenMessage?> ReceiveAsync(TimeSpan hiddenFor, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(
            "sqs:ReceiveMessage",
            (url, any) => client.ReceiveMessageAsync(
                new ReceiveMessageRequest
                {
                    QueueUrl = url,
                    MaxNumberOfMessages = 1,
                    WaitTimeSeconds = (int)options.WaitTime.TotalSeconds,
                    VisibilityTimeout = (int)hiddenFor.TotalSeconds,
                    MessageSystemAttributeNames = [Receives],
                },
                any),
            cancellationToken).ConfigureAwait(false);
        return answer.Messages is [var message, ..]
            ? new(message.MessageId, message.ReceiptHandle, Encoding.UTF8.GetBytes(message.Body), ReceivesOf(message))
            : null;
    }

    /// <summary>Hides a message for so long from now on; zero: it is handed out again at once.</summary>
    /// <exception cref="SqsException">The queue cannot be asked, or the message is not hidden for us any more.</exception>
    public Task HideAsync(TakenMessage message, TimeSpan time, CancellationToken cancellationToken) => RunAsync(
        "sqs:ChangeMessageVisibility",
        (url, any) => client.ChangeMessageVisibilityAsync(url, message.Receipt, (int)time.TotalSeconds, any),
        cancellationToken);

    /// <exception cref="SqsException">The queue cannot be asked: the message is handed out again.</exception>
    public Task DeleteAsync(TakenMessage message, CancellationToken cancellationToken) => RunAsync(
        "sqs:DeleteMessage", (url, any) => client.DeleteMessageAsync(url, message.Receipt, any), cancellationToken);

    /// <exception cref="SqsException">The queue cannot be asked.</exception>
    public Task SendAsync(string body, CancellationToken cancellationToken) => RunAsync(
        "sqs:SendMessage", (url, any) => client.SendMessageAsync(url, body, any), cancellationToken);

    public void Dispose() => client.Dispose();

    private static int ReceivesOf(Message message) =>
        message.Attributes?.TryGetValue(Receives, out var text) is true
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1;

    private async Task<T> RunAsync<T>(string right, Func<string, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var url = _url ??= (await AskAsync("sqs:GetQueueUrl", any => client.GetQueueUrlAsync(queue, any), cancellationToken)
            .ConfigureAwait(false)).QueueUrl;
        return await AskAsync(right, any => call(url, any), cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> AskAsync<T>(string right, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.WaitTime + options.Timeout, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await call(any.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SqsException(Words(e, right));
        }
    }

    private string Words(Exception cause, string right) => cause switch
    {
        AmazonServiceException { ErrorCode: { Length: > 0 } code } answer when (int)answer.StatusCode >= 300 => code switch
        {
            "QueueDoesNotExist" or "AWS.SimpleQueueService.NonExistentQueue" => $"there is no queue {queue}",
            "InvalidClientTokenId" or "SignatureDoesNotMatch" or "UnrecognizedClientException" =>
                "the queue does not know the keys (SQS_ACCESS_KEY, S3_ACCESS_KEY)",
            "AccessDenied" or "AccessDeniedException" => $"no right {right} at queue {queue}",
            _ => $"queue {queue} answered {(int)answer.StatusCode} {code} to {right}",
        },
        OperationCanceledException or TimeoutException => $"queue {queue} did not answer in time (ClamProxy:Sqs:Timeout)",
        _ => $"queue {queue} cannot be reached: {cause.GetBaseException().Message}",
    };
}
