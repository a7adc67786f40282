using ClamProxy.Core.Download.Identity;

namespace ClamProxy.Core.Download;

/// <summary>One request to send upstream: a GET, unless it says otherwise.</summary>
/// <param name="Target">What it is for.</param>
/// <param name="Headers">The headers to send, already filtered: end-to-end ones, Accept-Encoding, Via. Host is ignored.</param>
public sealed record UpstreamRequest(Target Target, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>Who it is sent for, as text; null: nobody in particular.</summary>
    public string? Client { get; init; }

    /// <summary>As whom the target's origin is asked; null: as nobody in particular.</summary>
    public UpstreamIdentity? Identity { get; init; }

    /// <summary>True: it shares its connection with no other request.</summary>
    public bool HasOwnConnection { get; init; }

    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>What is sent with it; null: nothing.</summary>
    public UpstreamBody? Body { get; init; }

    /// <summary>
    /// The longest wait for the answer's head, anew from each piece of the body that goes out; null: HeaderTimeout in all.
    /// </summary>
    public TimeSpan? AnswerWithin { get; init; }
}
