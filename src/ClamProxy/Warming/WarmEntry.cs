namespace ClamProxy.Warming;

/// <summary>One thing that a list asks for.</summary>
/// <param name="Name">What the summary calls it. It comes from the list, so it is never printed as it is.</param>
internal abstract record WarmEntry(string Name);
