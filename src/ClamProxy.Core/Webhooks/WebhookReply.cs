namespace ClamProxy.Core.Webhooks;

/// <summary>What became of one attempt to send a signed message: one of the four nested here.</summary>
internal abstract record WebhookReply
{
    private WebhookReply()
    {
    }

    /// <summary>The receiver has taken it: 2xx.</summary>
    public sealed record Taken : WebhookReply;

    /// <summary>The receiver wants no more: 410.</summary>
    public sealed record Gone : WebhookReply;

    /// <summary>No further attempt can help.</summary>
    public sealed record Forbidden(string Problem) : WebhookReply;

    /// <summary>A later attempt may help.</summary>
    /// <param name="Problem">Why, in one sentence.</param>
    public sealed record Failed(string Problem) : WebhookReply
    {
        /// <summary>How long the receiver wants to be left alone (Retry-After); null: it does not say.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>The receiver has too much to do: 429, 502, 504.</summary>
        public bool IsOverload { get; init; }

        /// <summary>The receiver does not want this message as it is: 400, 413, 415, 422.</summary>
        public bool IsOfMessage { get; init; }

        /// <summary>The exception behind an internal error; null: it is none.</summary>
        public Exception? Cause { get; init; }
    }
}
