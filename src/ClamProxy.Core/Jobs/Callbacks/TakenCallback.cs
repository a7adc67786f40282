namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>A callback that one process has, until it settles it or its lease ends.</summary>
/// <param name="Callback">What is to be sent.</param>
/// <param name="Lease">What the store knows this taking by.</param>
internal sealed record TakenCallback(Callback Callback, string Lease);
