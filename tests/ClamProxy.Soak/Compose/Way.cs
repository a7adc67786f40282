namespace ClamProxy.Soak.Compose;

/// <summary>One way through ClamProxy: settings of a process and of a route.</summary>
/// <param name="Name">Such as <c>store, True</c>.</param>
/// <param name="Base">The URL of the route.</param>
/// <param name="Index">Its place among the ways: each has files of its own.</param>
internal sealed record Way(string Name, string Base, int Index);
