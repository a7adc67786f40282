namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>What became of one attempt to send a callback: one of the four nested here.</summary>
internal abstract record CallbackReply
{
    private CallbackReply()
    {
    }

    /// <summary>The receiver has taken it: 2xx.</summary>
    public sealed record Taken : CallbackReply;

    /// <summary>The receiver wants no more: 410.</summary>
    public sealed record Gone : CallbackReply;

    /// <summary>No further attempt can help.</summary>
    public sealed record Forbidden(string Problem) : CallbackReply;

    /// <summary>A later attempt may help.</summary>
    /// <param name="Problem">Why, in one sentence.</param>
    public sealed record Failed(string Problem) : CallbackReply
    {
        /// <summary>How long the receiver wants to be left alone (Retry-After); null: it does not say.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>The receiver has too much to do: 429, 502, 504.</summary>
        public bool IsOverload { get; init; }

        /// <summary>The exception behind an internal error; null: it is none.</summary>
        public Exception? Cause { get; init; }
    }
}
