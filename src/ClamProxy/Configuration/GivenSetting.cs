namespace ClamProxy.Configuration;

/// <summary>A value that the operator gave.</summary>
/// <param name="Name">Where it was given: the short variable, <c>ClamProxy__X__Y</c>, or the key path of a file.</param>
/// <param name="Value">The text, never empty.</param>
internal sealed record GivenSetting(string Name, string Value);
