using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// Whose answer a flight's is, beside the request's that it was started for. Requests that differ in neutral fields share an answer only if
/// it is a file and varies by none in which they differ (RFC 9111 §4.1): an error may be due to what the other request said.
/// </summary>
/// <param name="asker">The request that it was started for; null: nobody's in particular.</param>
internal sealed class FlightFit(GateRequest? asker)
{
    /// <summary>Whether what is known of the answer is an answer to this request too.</summary>
    /// <param name="request">The request.</param>
    /// <param name="result">The flight's end; null: it is under way.</param>
    /// <param name="head">The newest head; null: there is none yet.</param>
    public bool Suits(GateRequest request, FlightResult? result, UpstreamHead? head) =>
        result is FlightResult.Failed { Failure.Reason: var reason }
            ? reason.Facts().Blame != Blame.Upstream || IsSame(request)
            : head is null || Suits(request, head);

    /// <summary>Whether an answer of this head is one to this request too.</summary>
    public bool Suits(GateRequest request, UpstreamHead head) =>
        IsSame(request)
        || (head.Status == 200
            && head.VariesBy(request.NeutralFields).All(name => Representation.HaveSame(asker!, request, name)));

    /// <summary>
    /// The key of the flight that a request may join which another one does not suit: first by the fields that that one's answer varies by,
    /// then by all that it has, by which a flight always suits.
    /// </summary>
    public static string OtherKey(GateRequest request, UpstreamHead? head, bool isFirst)
    {
        var varies = isFirst && head is { Status: 200 } ? head.VariesBy(request.NeutralFields) : [];
        return request.Keys.Answer(varies.Count > 0 ? varies : request.Keys.AllNeutral);
    }

    private bool IsSame(GateRequest request) =>
        asker is null
        || ReferenceEquals(asker, request)
        || request.NeutralFields.All(name => Representation.HaveSame(asker, request, name));
}
