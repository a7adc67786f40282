using ClamProxy.Core.Fetching.Flights;

namespace ClamProxy.Core.Fetching.Delivery;

/// <summary>What the end of a body that a client waits for is to the gate.</summary>
/// <param name="Answer">What a landing is to this request.</param>
/// <param name="Delivered">Told of the answer that the client gets after all.</param>
/// <param name="Trickled">Told how a trickle ended.</param>
internal sealed record TrickleCallbacks(Func<FlightResult, GateResult> Answer, Action<GateResult> Delivered, Action<TrickleEnd> Trickled);
